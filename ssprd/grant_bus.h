/* Grants over the bus: org.sspr.Password1, Grant, each call bounded by BUS_OUT_MS. */
#ifndef SSPRD_GRANT_BUS_H
#define SSPRD_GRANT_BUS_H

#include "ssprd/grant.h"

struct bus;

struct bus_grants {
	struct grants grants; /* first: cast back */
	struct bus **bus;     /* where main keeps it; *bus NULL: not yet, or not any more */
};

void bus_grants_init(struct bus_grants *grants, struct bus **bus);

#endif
