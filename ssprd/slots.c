/* Hash slots: a counter and a queue. */
#include "ssprd/slots.h"

#include <stddef.h>

bool
slot_take(struct slots *slots, struct slot_wait *wait)
{
	struct slot_wait **last = &slots->first;

	wait->slots = slots;
	wait->next = NULL;
	wait->held = slots->taken < slots->count;
	if (wait->held) {
		slots->taken++;
		return true;
	}
	while (*last)
		last = &(*last)->next;
	*last = wait;
	return false;
}

static void
stop_waiting(struct slots *slots, struct slot_wait *wait)
{
	for (struct slot_wait **w = &slots->first; *w; w = &(*w)->next) {
		if (*w != wait)
			continue;
		*w = wait->next;
		return;
	}
}

void
slot_release(struct slot_wait *wait)
{
	struct slots *slots = wait->slots;
	struct slot_wait *next;

	wait->slots = NULL;
	if (!slots)
		return;
	if (!wait->held) {
		stop_waiting(slots, wait);
		return;
	}
	wait->held = false;
	next = slots->first;
	if (!next) {
		slots->taken--;
		return;
	}
	slots->first = next->next;
	next->held = true;
	next->granted(next->arg);
}
