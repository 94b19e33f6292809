/*
 * The database's schema as a table of migrations: entry i takes a file from version i to version i + 1.
 * A released entry never changes; what is wrong in it is put right by a later one. Only text: the store runs it.
 */
#ifndef SSPR_CORE_SCHEMA_H
#define SSPR_CORE_SCHEMA_H

#define SCHEMA_APPLICATION 1397968978 /* application_id of the file: "SSPR" */

extern const char *const schema_migrations[];
extern const int schema_version; /* of this program: the number of migrations */

#endif
