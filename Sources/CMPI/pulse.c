#ifdef DISCRETE_MPI

#include "pulse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { beat = 0, farewell = 1, ticks_per_second = 10, exit_code = 74 };

static MPI_Comm ring = MPI_COMM_NULL;
static int own, before, after, patience;
static atomic_bool is_ending;
static pthread_t thread;

static void give_up(void) {
  fprintf(
      stderr, "discrete: rank %d: rank %d has not been heard of for %d seconds\n", own, before,
      patience);
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  _exit(exit_code);
}

static int listen_for(MPI_Request *request, char *byte) {
  return MPI_Irecv(byte, 1, MPI_BYTE, before, MPI_ANY_TAG, ring, request);
}

/// Every tick takes up what has come, every second something is sent. Silence is counted in ticks
/// and not by a clock, so that a job that was suspended goes on. The farewell is the last message
/// of a rank, and none is under way once both neighbors have said it.
static void *run(void *unused) {
  MPI_Request sending = MPI_REQUEST_NULL, receiving;
  static char sent, received;
  bool has_left = false;
  int code = listen_for(&receiving, &received);
  for (int tick = 0, silent = 0; code == MPI_SUCCESS; tick++) {
    int is_sent = 0, is_received = 0;
    MPI_Status status;
    code = MPI_Test(&sending, &is_sent, MPI_STATUS_IGNORE);
    bool is_leaving = atomic_load(&is_ending);
    if (code == MPI_SUCCESS && is_sent && !has_left && (is_leaving || tick % ticks_per_second == 0)) {
      has_left = is_leaving;
      code = MPI_Isend(&sent, 1, MPI_BYTE, after, is_leaving ? farewell : beat, ring, &sending);
      is_sent = 0;
    }
    if (code == MPI_SUCCESS && receiving != MPI_REQUEST_NULL) {
      code = MPI_Test(&receiving, &is_received, &status);
      if (code == MPI_SUCCESS && is_received && status.MPI_TAG == beat)
        code = listen_for(&receiving, &received);
    }
    bool is_over = has_left && is_sent && receiving == MPI_REQUEST_NULL;
    if (is_over) return unused;
    silent = is_received || receiving == MPI_REQUEST_NULL ? 0 : silent + 1;
    if (silent > patience * ticks_per_second) give_up();
    long nap = is_leaving ? 1000000 : 1000000000 / ticks_per_second;
    nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
  }
  give_up();
  return unused;
}

int dm_pulse_begin(MPI_Comm world, int seconds) {
  int count = 0;
  patience = seconds;
  int code = MPI_Comm_dup(world, &ring);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(ring, MPI_ERRORS_RETURN);
  if (code == MPI_SUCCESS) code = MPI_Comm_rank(ring, &own);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(ring, &count);
  if (code != MPI_SUCCESS) return code;
  before = (own + count - 1) % count;
  after = (own + 1) % count;
  return pthread_create(&thread, NULL, run, NULL) == 0 ? MPI_SUCCESS : MPI_ERR_OTHER;
}

int dm_pulse_end(void) {
  if (ring == MPI_COMM_NULL) return MPI_SUCCESS;
  atomic_store(&is_ending, true);
  pthread_join(thread, NULL);
  return MPI_Comm_free(&ring);
}

#endif
