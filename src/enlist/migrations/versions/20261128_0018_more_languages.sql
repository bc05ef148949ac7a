-- Which languages there are is known by the program: a catalogue is a file.
ALTER TABLE accounts DROP CONSTRAINT accounts_locale_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_locale_check CHECK (locale ~ '^[a-z]{2,3}$');
