/*
 * Linked into the programs by make SANITIZE=1 SANITIZER_LOG=PATH: reports go to files PATH.PID, since the bus
 * empties the environment of what it starts, and nobody reads a session's stderr.
 */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "log_path=" SANITIZER_LOG ":exitcode=99";
}
