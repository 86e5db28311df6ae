/* Included in front of each of libzmq's sources.

   With HAVE_FORK 4.3.5 asks the system which process it is each time a thread waits for another or wakes it (signaler.cpp), since a forked
   child must do neither with what is its parent's: three or four calls of the system for a message that is waited for, which
   glibc has not answered by itself since 2.25. Here the answer is kept where the kernel forgets it in a child, however that was
   made (MADV_WIPEONFORK, Linux 4.14). Where there is no such memory the system is asked, as before. */
#if defined __cplusplus && !defined RSZMQ_FORK_H
#define RSZMQ_FORK_H

#include <stddef.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* A page that is zeros in a child, or NULL. */
static inline pid_t *rszmq_map_wiped ()
{
    const size_t size = static_cast<size_t> (sysconf (_SC_PAGESIZE));
    void *const page = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    /* An emulator that says yes to every advice takes none. */
    if (madvise (page, size, -1) != 0 && madvise (page, size, MADV_WIPEONFORK) == 0)
        return static_cast<pid_t *> (page);
    munmap (page, size);
    return NULL;
}

/* One for all sources. No lock, which a fork could leave locked. */
inline pid_t *rszmq_wiped ()
{
    static pid_t none;
    static pid_t *kept;
    pid_t *page = __atomic_load_n (&kept, __ATOMIC_ACQUIRE);
    if (page == NULL) {
        pid_t *const made = rszmq_map_wiped ();
        pid_t *const mine = made != NULL ? made : &none;
        if (__atomic_compare_exchange_n (&kept, &page, mine, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            page = mine;
        else if (made != NULL)
            munmap (made, static_cast<size_t> (sysconf (_SC_PAGESIZE)));
    }
    return page != &none ? page : NULL;
}

inline pid_t rszmq_getpid ()
{
    pid_t *const kept = rszmq_wiped ();
    if (kept == NULL)
        return (getpid) ();
    pid_t pid = __atomic_load_n (kept, __ATOMIC_RELAXED);
    if (pid == 0) {
        pid = (getpid) ();
        __atomic_store_n (kept, pid, __ATOMIC_RELAXED);
    }
    return pid;
}

#define getpid() rszmq_getpid ()

#endif
