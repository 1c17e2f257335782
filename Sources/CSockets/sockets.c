#define _GNU_SOURCE
#include "csockets.h"

#include <malloc.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>

int csockets_accept(int listener, struct sockaddr *address, uint32_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int csockets_create_set(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int set, int operation, int descriptor, uint32_t awaited, uint64_t token) {
    struct epoll_event event = {.data.u64 = token};
    if (awaited & csockets_readable) event.events |= EPOLLIN;
    if (awaited & csockets_writable) event.events |= EPOLLOUT;
    // EPOLLERR and EPOLLHUP can't be switched off; edge-triggered, they don't come again and again.
    if (!awaited) event.events = EPOLLRDHUP | EPOLLET;
    return epoll_ctl(set, operation, descriptor, &event);
}

int csockets_add(int set, int descriptor, uint32_t awaited, uint64_t token) {
    return control(set, EPOLL_CTL_ADD, descriptor, awaited, token);
}

int csockets_change(int set, int descriptor, uint32_t awaited, uint64_t token) {
    return control(set, EPOLL_CTL_MOD, descriptor, awaited, token);
}

int csockets_remove(int set, int descriptor) { return epoll_ctl(set, EPOLL_CTL_DEL, descriptor, NULL); }

int csockets_wait(int set, csockets_event *events) {
    struct epoll_event found[csockets_max_events];
    int count = epoll_wait(set, found, csockets_max_events, 0);
    for (int i = 0; i < count; i++) {
        uint32_t ready = 0;
        if (found[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) ready |= csockets_readable;
        if (found[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) ready |= csockets_writable;
        if (found[i].events & EPOLLRDHUP) ready |= csockets_ended;
        events[i] = (csockets_event){.token = found[i].data.u64, .ready = ready};
    }
    return count;
}

void csockets_trim_memory(void) { malloc_trim(0); }
