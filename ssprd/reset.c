/* Resets: how they begin and end. Their rounds are reset_round.c. */
#include "ssprd/reset.h"

#include <stdio.h>
#include <string.h>

#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/remote_hosts.h"
#include "ssprd/reset_subject.h"
#include "text/log.h"

#define PRIVILEGED_PROOFS 2

/* 1 to STORE_DECOYS, by a keyed hash: nobody can look for names that share one. */
static int64_t
row_of(const struct dialog *d)
{
	const char *name = d->user.stored.name;
	unsigned char hash[VAULT_HASH_SIZE];
	uint32_t number;

	vault_hash(d->judge->vault, "decoy", name, strlen(name), hash);
	memcpy(&number, hash, sizeof(number));
	return 1 + number % STORE_DECOYS;
}

static int
write_beginning(struct dialog *d)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = dialog_audit(d, AUDIT_RESET_STARTED, NULL, "started", NULL);
	if (r == 0)
		r = reset_touch(d);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	return r;
}

int
reset_begin(struct dialog *d, bool crowded)
{
	struct reset *reset = &d->reset;
	int r;

	reset->row = row_of(d);
	reset->rounds_left = RESET_ROUNDS;
	reset->sent = METHOD_COUNT;
	reset->why_not = reset_case_of(d, &reset->until);
	reset->told = d->judge->config->reset.disclose == CHOICE_LOCAL &&
		      reset_on_console(d->service, d->tty, d->rhost);
	reset->decoy = crowded || reset->why_not != CASE_NONE ||
		       remote_host_throttled(d->judge->hosts, d->rhost, d->now);
	r = write_beginning(d);
	reset->begun = r == 0;
	return r;
}

/* Of those that count: questions never do for the privileged. proven: a bit each. */
static int
proofs_made(const struct dialog *d, unsigned int proven)
{
	int made = 0;

	for (int m = 0; m < METHOD_COUNT; m++)
		made += (proven & dialog_bit(m)) && !(d->plan.privileged && m == METHOD_QUESTIONS);
	return made;
}

static int
proofs_left(const struct dialog *d, unsigned int proven)
{
	int due = d->plan.privileged ? PRIVILEGED_PROOFS
				     : d->judge->config->registration.methods_to_reset;
	int left = due - proofs_made(d, proven);

	if (d->reset.decoy && left < 1)
		return 1;
	return left > 0 ? left : 0;
}

int
reset_proofs_left(const struct dialog *d)
{
	return proofs_left(d, d->proven);
}

bool
reset_proof_is_last(const struct dialog *d, enum method method)
{
	return proofs_left(d, d->proven | dialog_bit(method)) == 0;
}

bool
reset_alone(const struct dialog *d)
{
	enum plan_standing standing = d->plan.standing[METHOD_QUESTIONS];

	return d->purpose == PURPOSE_RESET && d->reset.told && !d->reset.decoy && !d->proven &&
	       d->judge->config->questions.alone == CHOICE_LOCAL && !d->plan.privileged &&
	       (standing == STANDING_PROVEN || standing == STANDING_STALE);
}

bool
reset_may_assist(const struct dialog *d)
{
	bool told = d->reset.told && d->reset.why_not != CASE_NONE;

	return d->purpose == PURPOSE_RESET && d->reset.known && (told || d->proven);
}

/* Audited and told, unless a success has ended it meanwhile. */
static int
tell_block(struct dialog *d)
{
	struct store *store = d->judge->store;
	int64_t until = 0;
	char when[32];
	int r = proof_blocked_until(d, &until);

	if (r < 0 || until != d->reset.block_until)
		return r;
	r = store_begin(store);
	if (r < 0)
		return r;
	snprintf(when, sizeof(when), "%lld", (long long)until);
	r = dialog_change(d, AUDIT_BLOCKED, METHOD_COUNT, NULL, "blocked", when);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	return r;
}

void
reset_close(struct dialog *d)
{
	int r;

	if (!d->reset.begun)
		return;
	d->reset.begun = false;
	r = reset_round_close(d);
	if (r == 0 && d->reset.block_until)
		r = tell_block(d);
	if (r == 0 && !d->reset.refused && d->reset.outcome == VERDICT_COUNT)
		r = dialog_audit(d, AUDIT_RESET_REFUSED, NULL, "ended",
				 reset_case_code(d->reset.why_not));
	if (r < 0)
		log_error("dialog %lld: the end of a reset could not be written down: %s",
			  (long long)d->number, strerror(-r));
	explicit_bzero(&d->reset.round, sizeof(d->reset.round));
}
