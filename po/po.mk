# Texts: `make -f po/po.mk update-po` takes new texts of the sources (po/POTFILES) into the template and into
# every language; what is then untranslated or fuzzy is the translators'. `make -f po/po.mk check-po` fails while
# something is: the template is out of date, or a language is incomplete.

POTFILES := $(shell cat po/POTFILES)
LANGUAGES := $(wildcard po/*.po)
XGETTEXT = xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
	--add-comments=TRANSLATORS --add-location=file --sort-by-file --package-name=sspr \
	--copyright-holder='the sspr authors' --msgid-bugs-address='the sspr authors'

.PHONY: update-po check-po
update-po:
	$(XGETTEXT) --output=- $(POTFILES) | sed '/^"POT-Creation-Date:/d' >po/sspr.pot
	set -e; for language in $(LANGUAGES); do \
		msgmerge --quiet --update --backup=none --no-wrap --no-fuzzy-matching $$language po/sspr.pot; done

check-po:
	$(XGETTEXT) --output=- $(POTFILES) | sed '/^"POT-Creation-Date:/d' | cmp - po/sspr.pot
	set -e; for language in $(LANGUAGES); do \
		msgfmt --check --statistics --output-file=/dev/null $$language; \
		test -z "$$(msgattrib --untranslated $$language)"; \
		test -z "$$(msgattrib --only-fuzzy $$language)"; \
		test -z "$$(msgattrib --only-obsolete $$language)"; done
