/* Stands in front of the C library: the wall clock jumps by a day, back and forth, every few milliseconds. The clocks that
   count from the start of the machine go on as they do. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long jump (void)
{
    struct timespec now;
    syscall (SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_nsec / 5000000 % 2 ? 86400 : -86400;
}

int clock_gettime (clockid_t clock, struct timespec *now)
{
    const long answer = syscall (SYS_clock_gettime, clock, now);
    if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += jump ();
    return (int) answer;
}

int gettimeofday (struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void) zone;
    clock_gettime (CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time (time_t *now)
{
    struct timespec exact;
    clock_gettime (CLOCK_REALTIME, &exact);
    if (now != NULL)
        *now = exact.tv_sec;
    return exact.tv_sec;
}
