# Tests. A unit test is tests/unit/test_NAME.c, a fuzz target tests/fuzz/fuzz_NAME.c; what it links beyond the archives
# it says itself, in a line "/* link: pam_sspr/stamp.c ... */".

TEST_LIBS = -lcmocka -ldbus-1 -lsqlite3 -lsodium -loath -lutf8proc -lidn2 -ljansson -lseccomp -lcurl -lpam -lsmartcols -lqrencode
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ_TARGETS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
TEST_PROGRAMS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/system/*.c tests/bench/*.c)))
# "@judge" there: the judge, with all that its requests need, but for sending.c.
JUDGE = ssprd/judge.c ssprd/reset.c ssprd/reset_subject.c ssprd/reset_claim.c ssprd/reset_round.c ssprd/reset_assist.c ssprd/remote_hosts.c ssprd/code_claim.c ssprd/dialog.c ssprd/record.c ssprd/facts.c ssprd/proof.c ssprd/code.c ssprd/code_try.c ssprd/value.c \
	ssprd/way.c ssprd/help.c ssprd/changes.c ssprd/telling.c ssprd/outbox.c ssprd/freeze.c ssprd/delivery.c ssprd/child.c ssprd/loop.c \
	ssprd/words.c ssprd/words_change.c ssprd/user.c ssprd/finish.c ssprd/slots.c ssprd/stamps.c ssprd/catalogue.c ssprd/grant.c \
	$(sort methods/judges.c $(wildcard methods/*/judge*.c))
links = $(patsubst %.c,$(BUILD)/obj/%.o,$(patsubst @judge,$(JUDGE),$(shell sed -n 's,^/\* link: \(.*\) \*/$$,\1,p' $(1))))

.SECONDEXPANSION:
$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $$(call links,tests/unit/$$*.c) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS)
# With CC=clang BUILD=build/fuzz SANITIZE=1 CFLAGS="-O1 -g -fsanitize=fuzzer-no-link".
$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $$(call links,tests/fuzz/$$*.c) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(TEST_LIBS)
$(TEST_PROGRAMS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $$(call links,tests/$$*.c) $(TEXT_A) $(PROTOCOL_A)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lpam -ldbus-1 -lsodium -lseccomp

# The module as test_module_account and test_module_reset load it: its client library is the one of this build.
TEST_MODULE = $(BUILD)/tests/module/pam_sspr.so
$(BUILD)/obj/tests/module/ask.o: pam_sspr/ask.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -USSPR_LIBDIR -DSSPR_LIBDIR='"$(abspath $(BUILD))"' -MMD -MP -c -o $@ $<
$(TEST_MODULE): $(BUILD)/obj/tests/module/ask.o $(filter-out %/ask.o,$(call objects,pam_sspr/*.c)) $(PROTOCOL_A) pam_sspr/pam_sspr.map
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-z,nodelete -Wl,--version-script=pam_sspr/pam_sspr.map -o $@ $(filter %.o %.a,$^) -lpam
$(BUILD)/tests/unit/test_module_account $(BUILD)/tests/unit/test_module_reset: | $(TEST_MODULE) $(CLIENT)

.PHONY: unit-tests fuzz-targets test-programs
unit-tests: $(UNIT_TESTS)
fuzz-targets: $(FUZZ_TARGETS)
test-programs: $(TEST_PROGRAMS)

.PHONY: check
check: deps
	tests/check

# Each target for FUZZ_SECONDS from the kept corpus; what it finds stays in build/fuzz/corpus and build/fuzz/findings.
FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: deps
	tests/fuzz/run $(FUZZ_SECONDS)

.PHONY: demo
demo:
	tests/deps build run demo
	$(MAKE) all
	tests/demo/run $(BUILD)

.PHONY: bench
bench: deps
	$(MAKE) all test-programs
	SSPR_BUILD=$(BUILD) tests/in-namespace /usr/bin/python3 -B tests/bench/bench.py

C_FILES = $(sort $(wildcard *.[ch] protocol/*.[ch] pam_sspr/*.[ch] ssprd/*.[ch] ssprd/core/*.[ch] text/*.[ch] session/*.[ch] \
	methods/*.[ch] methods/*/*.[ch] deliver/*.[ch] passwd/*.[ch] ssprctl/*.[ch] tests/*.[ch] tests/*/*.[ch]))
SHELL_FILES = tests/deps tests/in-namespace tests/demo/run tests/fuzz/run .ci/run
TIDY = $(patsubst %.c,$(BUILD)/lint/%.tidy,$(filter-out tests/%,$(filter %.c,$(C_FILES))))

.PHONY: lint lint-format lint-tidy lint-shell lint-man
lint: lint-format lint-tidy lint-shell lint-man
lint-format:
	clang-format --dry-run -Werror $(C_FILES)
lint-tidy: $(TIDY)
lint-shell:
	shellcheck $(SHELL_FILES)
lint-man:
	mandoc -Tlint -Wwarning $(wildcard man/*.[1-8])
$(BUILD)/lint/%.tidy: %.c .clang-tidy $(C_FILES)
	@mkdir -p $(@D)
	clang-tidy --quiet --warnings-as-errors='*' $< -- $(ALL_CFLAGS) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@
