#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

// One job at a time. Every participant has a share of its tasks, neighbors, and the same in every
// job of that size: what a thread wrote is then in its own caches when the next job reads it, and
// from those of another core it would come three times slower. Who is done helps the others.
//
// A ticket holds the job's generation (high half) and the unclaimed tasks of a share (low half); a
// task is claimed by a compare-and-swap that takes one off. A successful claim proves that the job
// was alive, so the fields read before it were its own. The caller waits for claimed tasks only,
// never for a worker to turn up.
enum { most_threads = 256 };
typedef struct {
  _Alignas(64) _Atomic uint64_t ticket;
} share;
static share shares[most_threads];
static _Alignas(64) _Atomic uint32_t generation;  // of the last job that was begun
static _Atomic long finished;
static _Atomic(void (*)(void *, long)) job_body;
static _Atomic(void *) job_context;
static _Atomic long job_tasks, job_shares;

static atomic_flag busy = ATOMIC_FLAG_INIT;
static _Thread_local bool inside;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static _Atomic int sleepers;
static _Atomic int limit;  // 0 until asked for
static int started;        // under `busy`

enum { worker_spins = 400, worker_yields = 300, caller_spins = 4000 };
enum { crowded_nanoseconds = 300000, crowded_waits = 500 };

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

int dk_thread_count(void) {
  int count = atomic_load(&limit);
  if (count == 0) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int unset = 0;
    count = (int)dk_max(1, dk_min(online, most_threads));
    if (!atomic_compare_exchange_strong(&limit, &unset, count)) count = unset;
  }
  return count;
}

void dk_set_thread_count(int count) {
  atomic_store(&limit, (int)dk_max(1, dk_min(count, most_threads)));
}

/// Claims and runs the tasks of a share until none is left.
static void work_off(long index) {
  _Atomic uint64_t *ticket = &shares[index].ticket;
  uint64_t seen = atomic_load_explicit(ticket, memory_order_acquire);
  while ((uint32_t)seen != 0) {
    void (*body)(void *, long) = atomic_load_explicit(&job_body, memory_order_relaxed);
    void *context = atomic_load_explicit(&job_context, memory_order_relaxed);
    long tasks = atomic_load_explicit(&job_tasks, memory_order_relaxed);
    long count = atomic_load_explicit(&job_shares, memory_order_relaxed);
    if (!atomic_compare_exchange_weak(ticket, &seen, seen - 1)) continue;
    body(context, (index + 1) * tasks / count - (long)(uint32_t)seen);
    atomic_fetch_add_explicit(&finished, 1, memory_order_release);
    seen = atomic_load_explicit(ticket, memory_order_acquire);
  }
}

/// Works off the own share, then those of the others.
static void work(long index) {
  long count = atomic_load_explicit(&job_shares, memory_order_relaxed);
  for (long i = 0; i < count; i++) work_off((index + i) % count);
}

/// Whether a worker that has seen the jobs up to `seen` has one to look at.
static bool wanted(long index, uint32_t seen) {
  return index < atomic_load(&limit) && atomic_load(&generation) != seen;
}

static long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

/// Yields for as long as a gap between two jobs of one step; false once another process has used
/// that. A quiet machine is spared a sleep and a wake, 20 microseconds, but on a crowded one a
/// thread that sleeps is let in sooner than one that yields.
static bool yield_until_wanted(long index, uint32_t seen) {
  for (int yields = 0; yields < worker_yields && !wanted(index, seen); yields++) {
    long before = nanoseconds();
    sched_yield();
    if (nanoseconds() - before > crowded_nanoseconds) return false;
  }
  return true;
}

static void *worker(void *argument) {
  long index = (long)argument;
  uint32_t seen = 0;
  int retreat = 0;  // waits to come without yields
  inside = true;
  for (;;) {
    for (int spin = 0; spin < worker_spins && !wanted(index, seen); spin++) pause_briefly();
    if (retreat > 0) retreat--;
    else if (!yield_until_wanted(index, seen)) retreat = crowded_waits;
    if (!wanted(index, seen)) {
      pthread_mutex_lock(&lock);
      atomic_fetch_add(&sleepers, 1);
      while (!wanted(index, seen)) pthread_cond_wait(&wake, &lock);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&lock);
    }
    seen = atomic_load(&generation);
    work(index);
  }
  return NULL;
}

static void start_workers(int count) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  while (started < count - 1) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, worker, (void *)(long)(started + 1)) != 0) break;
    started++;
  }
  pthread_attr_destroy(&attributes);
}

void dk_parallel(long tasks, void (*body)(void *context, long task), void *context) {
  int count = dk_thread_count();
  if (tasks <= 1 || count == 1 || inside || tasks > INT32_MAX
      || atomic_flag_test_and_set_explicit(&busy, memory_order_acquire)) {
    for (long t = 0; t < tasks; t++) body(context, t);
    return;
  }
  inside = true;
  if (started < count - 1) start_workers(count);
  atomic_store_explicit(&job_body, body, memory_order_relaxed);
  atomic_store_explicit(&job_context, context, memory_order_relaxed);
  atomic_store_explicit(&job_tasks, tasks, memory_order_relaxed);
  atomic_store_explicit(&finished, 0, memory_order_relaxed);
  long count_of_shares = dk_min(count, tasks);
  atomic_store_explicit(&job_shares, count_of_shares, memory_order_relaxed);
  uint32_t next = atomic_load_explicit(&generation, memory_order_relaxed) + 1;
  for (long i = 0; i < count_of_shares; i++) {
    long own = (i + 1) * tasks / count_of_shares - i * tasks / count_of_shares;
    atomic_store_explicit(
        &shares[i].ticket, (uint64_t)next << 32 | (uint64_t)own, memory_order_release);
  }
  atomic_store(&generation, next);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
  }
  work(0);
  for (int spin = 0; atomic_load_explicit(&finished, memory_order_acquire) != tasks; spin++) {
    if (spin < caller_spins) pause_briefly();
    else sched_yield();
  }
  inside = false;
  atomic_flag_clear_explicit(&busy, memory_order_release);
}

typedef struct {
  long n, block;
  void (*body)(void *context, long start, long end);
  void *context;
} blocks;

static void run_block(void *context, long task) {
  const blocks *b = context;
  long start = task * b->block;
  b->body(b->context, start, dk_min(b->n, start + b->block));
}

void dk_blocks(
    long n, long block, void (*body)(void *context, long start, long end), void *context) {
  if (n <= 0) return;
  blocks b = {n, block, body, context};
  dk_parallel((n + block - 1) / block, run_block, &b);
}
