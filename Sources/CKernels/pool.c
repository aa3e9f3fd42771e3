#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// Four size classes per power of two waste at most a quarter; larger blocks and what exceeds the
// bound go back to malloc.
enum { alignment = 64, smallest_log2 = 6, classes = 4 * 20 };
static const size_t held_limit = (size_t)256 << 20;

typedef struct block {
  struct block *next;
} block;

typedef struct {
  block *free[classes];
  size_t held;
  bool registered, closed;
} pool;

static _Thread_local pool local;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// The class that holds `bytes`, and its size; -1 where there is none.
static int class_of(size_t bytes, size_t *size) {
  if (bytes <= (size_t)1 << smallest_log2) {
    *size = (size_t)1 << smallest_log2;
    return 0;
  }
  int log2 = 63 - __builtin_clzll(bytes - 1);
  size_t step = (size_t)1 << (log2 - 2);
  size_t quarter = (bytes - 1 - ((size_t)1 << log2)) / step;
  *size = ((size_t)1 << log2) + (quarter + 1) * step;
  int index = 4 * (log2 - smallest_log2) + (int)quarter + 1;
  return index < classes ? index : -1;
}

void dk_pool_trim(void) {
  for (int i = 0; i < classes; i++) {
    while (local.free[i]) {
      block *b = local.free[i];
      local.free[i] = b->next;
      free(b);
    }
  }
  local.held = 0;
}

size_t dk_pool_held(void) { return local.held; }

static void close_pool(void *unused) {
  dk_pool_trim();
  local.closed = true;
}

static void make_key(void) { pthread_key_create(&key, close_pool); }

void *dk_allocate(size_t bytes) {
  size_t size;
  int index = class_of(bytes, &size);
  if (index >= 0 && local.free[index]) {
    block *b = local.free[index];
    local.free[index] = b->next;
    local.held -= size;
    return b;
  }
  void *p = NULL;
  size = (size + alignment - 1) / alignment * alignment;
  if (size < bytes || posix_memalign(&p, alignment, size) != 0) {
    fprintf(stderr, "out of memory: cannot allocate %zu bytes\n", bytes);
    abort();
  }
  return p;
}

void dk_release(void *p, size_t bytes) {
  size_t size;
  int index = class_of(bytes, &size);
  if (!p) return;
  if (index < 0 || local.closed || local.held + size > held_limit) {
    free(p);
    return;
  }
  if (!local.registered) {
    // A non-null value makes the destructor run at thread exit.
    pthread_once(&once, make_key);
    pthread_setspecific(key, &local);
    local.registered = true;
  }
  block *b = p;
  b->next = local.free[index];
  local.free[index] = b;
  local.held += size;
}

void dk_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, (int)held_limit);
  // The largest that it takes; a block beyond is mapped, and goes back when it is freed.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
#endif
}
