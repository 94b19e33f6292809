/*
 * A grant: the socket (SOCK_SEQPACKET, packets of protocol/packet.h) on which sspr-passwd sets one password, or unlocks one account,
 * once. ssprd fetches it (org.sspr.Password1, Grant) after the last proof and passes it on to the session, which relays: the new
 * password goes from the terminal through the session to sspr-passwd, and nowhere else.
 *
 *   sspr-passwd                          the holder
 *   "?" words, parted by blanks:         "=" change LANG | unlock LANG | nothing else
 *     GRANT_KEYRING  a keyring keeps the old password        (LANG: as text/language.h accepts it, or "-")
 *   "*" "?"  what PAM asks               "=" answer, or "!" gave up
 *   "i" "e"  what PAM says
 *   "." the verdict: password-changed, unlocked, contact-administrator, declined (no password was accepted), failed
 *
 * The first packet may be the verdict at once (contact-administrator, failed). What the holder sends out of turn ends it. Whoever holds it has
 * GRANT_SECONDS; what sspr-passwd itself does (between an answer and its next packet) takes GRANT_WORK_MS at most, and the
 * verdict is true: it is read from the shadow file. "failed" means that the old password stands; where the file cannot be read
 * there is no verdict, and the socket is closed. A supervisor that is killed is looked after: Outcome comes then all the same.
 */
#ifndef SSPR_PROTOCOL_GRANT_H
#define SSPR_PROTOCOL_GRANT_H

#define PASSWORD_BUS_NAME      "org.sspr.Password1"
#define PASSWORD_BUS_PATH      "/org/sspr/Password1"
#define PASSWORD_BUS_INTERFACE "org.sspr.Password1"

#define GRANT_CHANGE  "change"
#define GRANT_UNLOCK  "unlock"
#define GRANT_KEYRING "keyring"
#define GRANT_NO_LANG "-"
#define GRANT_SECONDS 600
#define GRANT_WORK_MS 20000 /* less than what a terminal waits, HASH_SLOT_WAIT_MS */
#define GRANT_TRIES   3     /* passwords that the host's rules may refuse */

/*
 * org.sspr.Sspr1.Outcome(ay user, s what): sspr-passwd (uid 0) tells ssprd what it did, and waits for the reply at most so long,
 * before it says the verdict: so that everybody concerned is told of it. what: password-changed or unlocked (verdict_word).
 */
#define OUTCOME_METHOD  "Outcome"
#define OUTCOME_WAIT_MS 5000

#endif
