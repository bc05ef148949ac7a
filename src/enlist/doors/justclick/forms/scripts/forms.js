// Two helpers that old subscription forms call; harmless: a form works without them just as well.

// Asked before a form is sent, as onsubmit="return jc_chkscrfrm(this, ...)": does its e-mail address look right?
// Called with 5 or with 16 arguments; only the form counts, as the server checks everything anyway.
function jc_chkscrfrm(form) {
  try {
    var field = form && form.lead_email;
    if (!field || typeof field.value !== "string") return true;
    if (/^\s*[^\s@]+@[^\s@]+\.[^\s@]{2,}\s*$/.test(field.value)) return true;
    var said = SENTENCES; // by language, filled in by the server
    var language = (document.documentElement.lang || navigator.language || "").toLowerCase().split(/[-_]/)[0];
    alert(Object.prototype.hasOwnProperty.call(said, language) ? said[language] : said.en);
    if (field.focus) field.focus();
    return false;
  } catch (reason) {
    return true;
  }
}

// Called inside a form or behind it: fills in what the page's own address says, where nothing stands yet.
function jc_setfrmfld() {
  try {
    var said = {};
    location.search.slice(1).split("&").forEach(function (pair) {
      try {
        var at = pair.indexOf("=");
        if (at > 0) said[decodeURIComponent(pair.slice(0, at))] = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " "));
      } catch (reason) { /* broken percent signs: not for us */ }
    });
    ["lead_name", "lead_middle_name", "lead_last_name", "lead_email", "lead_phone", "lead_city"].forEach(function (name) {
      if (!Object.prototype.hasOwnProperty.call(said, name)) return;
      Array.prototype.forEach.call(document.getElementsByName(name), function (field) {
        if (field.tagName === "INPUT" && field.type !== "hidden" && !field.value) field.value = said[name];
      });
    });
  } catch (reason) { /* a form that is not filled in is still a form */ }
}
