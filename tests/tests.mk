# Tests. A unit test is tests/unit/test_NAME.c, a fuzz target tests/fuzz/fuzz_NAME.c; what it links beyond the archives
# it says itself, in a line "/* link: pam_sspr/stamp.c ... */".

TEST_LIBS = -lcmocka -ldbus-1 -lsqlite3 -lsodium -loath -lutf8proc -lidn2 -ljansson -lseccomp -lcurl -lpam
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ_TARGETS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
links = $(patsubst %.c,$(BUILD)/%.o,$(shell sed -n 's,^/\* link: \(.*\) \*/$$,\1,p' $(1)))

.SECONDEXPANSION:
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $$(call links,tests/unit/$$*.c) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS)
# With BUILD=build/fuzz CC=clang SANITIZE=1 LDFLAGS=-fsanitize=fuzzer CFLAGS="-O1 -g -fsanitize=fuzzer-no-link".
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $$(call links,tests/fuzz/$$*.c) $(CORE_A) $(TEXT_A) $(PROTOCOL_A)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(TEST_LIBS)

.PHONY: unit-tests fuzz-targets
unit-tests: $(UNIT_TESTS)
fuzz-targets: $(FUZZ_TARGETS)
