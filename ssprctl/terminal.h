/*
 * A dialog at this terminal: the packets of a conversation (protocol/packet.h), read from standard input and shown on
 * standard output, without a line editor. Echo is off while a hidden answer is typed, and back on every path, signals
 * that end the program included.
 */
#ifndef SSPRCTL_TERMINAL_H
#define SSPRCTL_TERMINAL_H

#include "protocol/words.h"

/*
 * Hold the dialog of this conversation (a socket, which stays the caller's) to its end. Its verdict; VERDICT_FAILED also where it broke
 * off, or the session was silent for too long. End of input is "cancelled". A signal that ends programs ends this one, after the
 * terminal is as before and the session was told.
 */
enum verdict terminal_run(int conversation);

#endif
