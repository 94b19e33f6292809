# sspr: what there is to say is make, deps, demo, check, lint, bench, fuzz, install, uninstall.
# Outputs are in $(BUILD) and nowhere else. Variants: make CC=clang BUILD=build/clang,
# make SANITIZE=1 BUILD=build/sanitize (AddressSanitizer and UBSan, no seccomp filters).

BUILD   ?= build
PREFIX  ?= /usr
DESTDIR ?=
# Asked when it is first needed, like DBUS_CFLAGS: in `make deps all` only then there is somebody to answer.
MULTIARCH  = $(eval MULTIARCH := $(shell $(CC) -print-multiarch))$(MULTIARCH)
LIBDIR     = $(PREFIX)/lib/$(MULTIARCH)
LIBEXECDIR = $(PREFIX)/libexec/sspr
DATADIR    = $(PREFIX)/share
LOCALEDIR  = $(DATADIR)/locale
SYSCONFDIR = /etc
PAMDIR     = $(LIBDIR)/security

CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wwrite-strings -Wvla \
	-Wformat=2 -Wnull-dereference -Wimplicit-fallthrough
HARDENING = -fstack-protector-strong -fPIC
ifdef SANITIZE
HARDENING += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DSSPR_SANITIZE
SAN_LDFLAGS = -fsanitize=address,undefined
# AddressSanitizer wraps crypt_r, which PAM's modules bring along only later: what it wraps must be there at the start.
SAN_CRYPT = -Wl,--no-as-needed -lcrypt
ifdef SANITIZER_LOG
HARDENING += -DSANITIZER_LOG='"$(SANITIZER_LOG)"'
SAN_OBJECT = $(BUILD)/obj/tests/sanitizer.o
endif
else
HARDENING += -D_FORTIFY_SOURCE=2
endif
ifdef WERROR
WARNINGS += -Werror
endif

PATHS = -DSSPR_LIBDIR='"$(LIBDIR)/sspr"' -DSSPR_LIBEXECDIR='"$(LIBEXECDIR)"' \
	-DSSPR_LOCALEDIR='"$(LOCALEDIR)"' -DSSPR_CONF='"$(SYSCONFDIR)/sspr/sspr.conf"' \
	-DSSPR_DATADIR='"$(DATADIR)/sspr"'
DBUS_CFLAGS = $(eval DBUS_CFLAGS := $(shell pkg-config --cflags dbus-1))$(DBUS_CFLAGS)
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WARNINGS) $(HARDENING) -I. $(DBUS_CFLAGS) $(PATHS) $(CFLAGS)
ALL_LDFLAGS = -Wl,--as-needed -Wl,-z,relro,-z,now -Wl,-z,defs $(SAN_LDFLAGS) $(LDFLAGS)

# Each folder's objects; folders that several programs use are archives, of which a program takes what it needs.
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard $(1))))
PROTOCOL_A = $(BUILD)/libprotocol.a
CORE_A     = $(BUILD)/libcore.a
TEXT_A     = $(BUILD)/libtext.a

MODULE  = $(BUILD)/pam_sspr.so
CLIENT  = $(BUILD)/libsspr-client.so
DAEMON  = $(BUILD)/ssprd
SESSION = $(BUILD)/sspr-session
DELIVER = $(BUILD)/sspr-deliver
PASSWD  = $(BUILD)/sspr-passwd
CTL     = $(BUILD)/ssprctl
PROGRAMS = $(MODULE) $(CLIENT) $(DAEMON) $(SESSION) $(DELIVER) $(PASSWD) $(CTL)
CATALOGUES = $(patsubst po/%.po,$(BUILD)/locale/%/LC_MESSAGES/sspr.mo,$(wildcard po/*.po))

.PHONY: all
all: $(PROGRAMS) $(CATALOGUES)

$(PROTOCOL_A): $(call objects,protocol/*.c)
$(CORE_A): $(call objects,ssprd/core/*.c)
$(TEXT_A): $(call objects,text/*.c)
$(BUILD)/%.a:
	@mkdir -p $(@D)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(MODULE): $(call objects,pam_sspr/*.c) $(PROTOCOL_A) pam_sspr/pam_sspr.map
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-z,nodelete -Wl,--version-script=pam_sspr/pam_sspr.map \
		-o $@ $(filter %.o %.a,$^) -lpam
$(CLIENT): $(BUILD)/obj/protocol/client.o $(BUILD)/obj/protocol/host.o $(PROTOCOL_A) protocol/client.map
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libsspr-client.so \
		-Wl,--version-script=protocol/client.map -o $@ $(filter %.o %.a,$^) -ldbus-1
$(DAEMON): $(call objects,ssprd/*.c methods/judges.c methods/*/judge*.c) $(SAN_OBJECT) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -ldbus-1 -lsqlite3 -lsodium -loath -lutf8proc -lidn2 -ljansson
$(SESSION): $(call objects,session/*.c methods/asks.c methods/*/ask*.c) $(SAN_OBJECT) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lsodium -lutf8proc -lidn2 -lseccomp -lqrencode
$(DELIVER): $(call objects,deliver/*.c) $(SAN_OBJECT) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcurl -ljansson -lseccomp -lidn2 -lutf8proc
$(PASSWD): $(call objects,passwd/*.c) $(SAN_OBJECT) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lpam -ldbus-1 -lidn2 -lutf8proc $(SAN_CRYPT)
$(CTL): $(call objects,ssprctl/*.c) $(SAN_OBJECT) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -ldbus-1 -ljansson -lsmartcols -lutf8proc -lidn2

$(BUILD)/locale/%/LC_MESSAGES/sspr.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

include tests/tests.mk

# What make install puts where, and make uninstall takes away: FILE:PLACE. Those that are the administrator's stand apart: an
# existing one is kept, and none is taken away.
ADMIN_PLACES = policy/sspr.conf:$(SYSCONFDIR)/sspr/sspr.conf policy/pam.d/sspr-passwd:$(SYSCONFDIR)/pam.d/sspr-passwd
PROGRAM_PLACES = $(DAEMON):$(PREFIX)/sbin/ssprd $(CTL):$(PREFIX)/bin/ssprctl \
	$(SESSION):$(LIBEXECDIR)/sspr-session $(DELIVER):$(LIBEXECDIR)/sspr-deliver $(PASSWD):$(LIBEXECDIR)/sspr-passwd
DATA_PLACES = $(MODULE):$(PAMDIR)/pam_sspr.so $(CLIENT):$(LIBDIR)/sspr/libsspr-client.so \
	policy/sysusers.d/sspr.conf:$(PREFIX)/lib/sysusers.d/sspr.conf \
	policy/tmpfiles.d/sspr.conf:$(PREFIX)/lib/tmpfiles.d/sspr.conf \
	$(foreach f,$(wildcard policy/systemd/*.service),$(f):$(PREFIX)/lib/systemd/system/$(notdir $(f))) \
	$(foreach f,$(wildcard policy/dbus/*.conf),$(f):$(DATADIR)/dbus-1/system.d/$(notdir $(f))) \
	$(foreach f,$(wildcard policy/dbus/*.service),$(f):$(DATADIR)/dbus-1/system-services/$(notdir $(f))) \
	$(foreach f,$(wildcard policy/questions/*.txt),$(f):$(DATADIR)/sspr/questions/$(notdir $(f))) \
	$(foreach f,$(wildcard policy/gateways/*.conf),$(f):$(DATADIR)/sspr/gateways/$(notdir $(f))) \
	$(foreach f,$(wildcard man/*.[1-8]),$(f):$(DATADIR)/man/man$(subst .,,$(suffix $(f)))/$(notdir $(f))) \
	$(foreach f,$(CATALOGUES),$(f):$(f:$(BUILD)/locale/%=$(LOCALEDIR)/%)) \
	$(foreach f,$(wildcard policy/examples/*/*),$(f):$(DATADIR)/doc/sspr/$(f:policy/%=%))
OWN_FOLDERS = $(LIBDIR)/sspr $(LIBEXECDIR) $(DATADIR)/sspr $(DATADIR)/doc/sspr
from = $(word 1,$(subst :, ,$(1)))
place = "$(DESTDIR)$(word 2,$(subst :, ,$(1)))"
define newline


endef

.PHONY: install uninstall
install: all
	$(foreach row,$(PROGRAM_PLACES),install -D -m 0755 $(call from,$(row)) $(call place,$(row))$(newline)	)
	$(foreach row,$(DATA_PLACES),install -D -m 0644 $(call from,$(row)) $(call place,$(row))$(newline)	)
	$(foreach row,$(ADMIN_PLACES),test -e $(call place,$(row)) || \
		install -D -m 0644 $(call from,$(row)) $(call place,$(row))$(newline)	)
uninstall:
	rm -f $(foreach row,$(PROGRAM_PLACES) $(DATA_PLACES),$(call place,$(row)))
	for folder in $(OWN_FOLDERS:%="$(DESTDIR)%"); do \
		[ ! -d "$$folder" ] || find "$$folder" -depth -type d -empty -delete; \
	done

.PHONY: deps
deps:
	tests/deps

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
