// The Linux calls that a server needs and Swift's Glibc module does not export: accept4(2), epoll(7), malloc_trim(3).
#ifndef CSOCKETS_H
#define CSOCKETS_H

#include <stdint.h>

// <sys/socket.h> belongs to Swift's Glibc module, and must not be taken from it.
struct sockaddr;

enum {
    csockets_readable = 1,
    csockets_writable = 2,
    /// The other side has closed its sending side, perhaps behind bytes that nobody has read.
    csockets_ended = 4,
    /// The most events that one call of `csockets_wait` hands over.
    csockets_max_events = 128,
};

typedef struct {
    /// What the socket was added under.
    uint64_t token;
    /// `csockets_readable`, `csockets_writable`, `csockets_ended` or several. An error or a hang-up is the first two: the next call tells which.
    uint32_t ready;
} csockets_event;

/// accept4(2): the new descriptor is non-blocking and closed on exec. -1 and errno on failure, as with all that follow.
int csockets_accept(int listener, struct sockaddr *address, uint32_t *length);

/// An empty epoll set.
int csockets_create_set(void);

/// Adds a descriptor to the set, or changes what is awaited from it. Reports are repeated for as long as they hold, except
/// that of a connection from which nothing is awaited, its end or its breaking is reported once. Only then is its end told as
/// such: it is readable otherwise.
int csockets_add(int set, int descriptor, uint32_t awaited, uint64_t token);
int csockets_change(int set, int descriptor, uint32_t awaited, uint64_t token);
int csockets_remove(int set, int descriptor);

/// What has happened so far, without waiting: the number of events written, `csockets_max_events` at most.
int csockets_wait(int set, csockets_event *events);

/// Gives memory that is not in use back to the system.
void csockets_trim_memory(void);

#endif
