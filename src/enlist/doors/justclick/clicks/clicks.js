// The click script: remembers in a cookie of the page's own site by which marked links a visitor came, tells us of a
// click on a partner's link, and hands the history on to our forms and order pages. Include it on every page:
//   <script src="https://LOGIN.example.com/media/clicks.js" async></script>
// It loads nothing, throws nothing, and knows nothing of who the visitor is.
(function () {
  "use strict";
  var NAME = "enlist_clicks"; // of the cookie
  var FIELD = "clicks"; // of the hidden input, and of the word in addresses
  var MOST = 20; // clicks are kept: the first one and the latest ones
  var LONGEST = 3000; // characters, of the 4096 that a cookie may have
  var LONGEST_CLICK = 1000;
  var LONGEST_MARK = 255;
  var AGAIN = 600; // seconds within which the same marks are the same click
  var KEPT = 400 * 86400; // seconds; browsers allow no more
  var LETTERS = {
    utm_medium: "m", utm_source: "s", utm_campaign: "c", utm_content: "o", utm_term: "t",
    aff_medium: "M", aff_source: "S", aff_campaign: "C", aff_content: "O", aff_term: "T"
  };

  var script = document.currentScript;
  if (!script || !script.src || !window.URLSearchParams || window.enlist_clicks) return;
  window.enlist_clicks = true;
  var home = new URL(script.src, location.href);

  function start() {
    var history = read();
    var marks = marked(location.search);
    var now = Math.floor(Date.now() / 1000);
    if (marks || (history.length && comesFromElsewhere())) {
      if (remember(history, marks, now)) {
        write(history);
        if (marks && affiliate()) tell();
      }
    }
    handOn();
    document.addEventListener("submit", handOn, true);
    document.addEventListener("click", handOn, true);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", handOn);
  }

  // The marks in an address, in our short form: m=affiliate&s=bob; empty if there are none.
  function marked(query) {
    var said = new URLSearchParams(query);
    var found = "";
    var known = false;
    Object.keys(LETTERS).forEach(function (name) {
      var value = whole((said.get(name) || "").trim().slice(0, LONGEST_MARK));
      var pair = LETTERS[name] + "=" + encodeURIComponent(value);
      if (!value || found.length + pair.length >= LONGEST_CLICK) return; // medium and source come first
      known = known || name.slice(0, 3) === "utm";
      found += found ? "&" + pair : pair;
    });
    return known ? found : "";
  }

  // Half of a pair of code units, which a cut may leave, cannot be encoded.
  function whole(value) {
    return value.replace(/[\uD800-\uDBFF]$/, "");
  }

  function affiliate() {
    var said = new URLSearchParams(location.search);
    return said.get("utm_medium") === "affiliate" && said.get("utm_source");
  }

  // A click on an unmarked link of somebody else's; who types an address or uses a bookmark clicks nothing.
  function comesFromElsewhere() {
    if (!document.referrer) return false;
    var host = new URL(document.referrer).host;
    return host !== location.host && host !== home.host;
  }

  // Adds a click to the history, unless it is the latest one once more.
  function remember(history, marks, now) {
    var last = history[history.length - 1];
    if (last) {
      var at = last.indexOf(":");
      var same = last.slice(at + 1) === marks;
      if (same && (!marks || now - Number(last.slice(0, at)) < AGAIN)) return false;
    }
    history.push(now + ":" + marks);
    while (history.length > MOST || history.join("/").length > LONGEST) history.splice(1, 1);
    return true;
  }

  function read() {
    var found = "";
    document.cookie.split("; ").forEach(function (pair) {
      if (pair.indexOf(NAME + "=") === 0) found = pair.slice(NAME.length + 1);
    });
    return found.split("/").filter(function (click) {
      return /^\d{1,12}:/.test(click) && click.length < LONGEST_CLICK + 20;
    });
  }

  function write(history) {
    document.cookie = NAME + "=" + history.join("/") + "; Path=/; Max-Age=" + KEPT + "; SameSite=Lax" +
      (location.protocol === "https:" ? "; Secure" : "");
  }

  function tell() {
    var said = new URLSearchParams(location.search);
    var told = new URLSearchParams();
    Object.keys(LETTERS).forEach(function (name) {
      if (said.get(name)) told.append(name, whole(said.get(name).slice(0, LONGEST_MARK)));
    });
    told.append("page", location.origin + location.pathname);
    var address = home.origin + "/aff/click";
    if (!navigator.sendBeacon || !navigator.sendBeacon(address, told)) new Image().src = address + "?" + told;
  }

  // Puts the history into forms that are ours, into links to our forms and order pages, and into frames with them.
  function handOn() {
    try {
      var history = read().join("/");
      if (!history) return;
      each("form", function (form) {
        var field = form.querySelector('input[name="' + FIELD + '"]');
        if (!field) {
          if (!takesPeople(form)) return;
          field = document.createElement("input");
          field.type = "hidden";
          field.name = FIELD;
          form.appendChild(field);
        }
        if (field.value !== history) field.value = history;
      });
      each("a[href], area[href]", function (link) { if (isOurs(link.href)) link.href = extended(link.href, history); });
      each("iframe[src]", function (frame) {
        if (isOurs(frame.src) && !new URL(frame.src).searchParams.has(FIELD)) frame.src = extended(frame.src, history);
      });
    } catch (reason) { /* a page without history is still a page */ }
  }

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  function takesPeople(form) {
    var action = form.getAttribute("action");
    if (action && new URL(action, location.href).host === home.host) return true;
    return Boolean(form.querySelector('[name="lead_email"], [name="bill_email"]'));
  }

  function isOurs(address) {
    var url = new URL(address, location.href);
    return url.host === home.host && /^\/(order|order_form|form)\//.test(url.pathname);
  }

  function extended(address, history) {
    var url = new URL(address, location.href);
    if (url.searchParams.get(FIELD) !== history) url.searchParams.set(FIELD, history);
    return url.href;
  }

  function careful() {
    try { start(); } catch (reason) { /* no cookies, no history: the page goes on as it is */ }
  }

  // A page that is only being prepared has not been visited yet.
  if (document.prerendering) document.addEventListener("prerenderingchange", careful, { once: true });
  else careful();
})();
