// Tells the thread sanitizer what Synchronization.Mutex does; linked into what it checks, and into nothing else.
//
// An uncontended Mutex is taken and let go with atomic operations that are inlined into our own, instrumented code. A
// contended one goes through three functions of the standard library, which is not instrumented, and there through the
// kernel: the sanitizer does not see that the one who lets go comes before the one who gets it, and so takes what the two do
// under the lock for a race. Here these functions stand in front of the library's own, call them, and tell the sanitizer.
// Nothing is excused: what is accessed without the lock, or under different locks, is reported as before.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sanitizer/tsan_interface.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

SWIFT void lock(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT bool try_lock(SELF void *mutex) __asm__(TRY_LOCK);
SWIFT void unlock(SELF void *mutex) __asm__(UNLOCK);

static SWIFT void (*library_lock)(uint32_t thread, SELF void *mutex);
static SWIFT bool (*library_try_lock)(SELF void *mutex);
static SWIFT void (*library_unlock)(SELF void *mutex);

__attribute__((constructor)) static void find_library(void) {
    library_lock = dlsym(RTLD_NEXT, LOCK);
    library_try_lock = dlsym(RTLD_NEXT, TRY_LOCK);
    library_unlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock(uint32_t thread, SELF void *mutex) {
    library_lock(thread, mutex);
    __tsan_acquire(mutex);
}

SWIFT bool try_lock(SELF void *mutex) {
    bool is_ours = library_try_lock(mutex);
    if (is_ours) __tsan_acquire(mutex);
    return is_ours;
}

SWIFT void unlock(SELF void *mutex) {
    __tsan_release(mutex);
    library_unlock(mutex);
}
