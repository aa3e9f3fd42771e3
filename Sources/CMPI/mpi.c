#include "CMPI.h"

#include <stdio.h>

#ifdef DISCRETE_MPI

#include "pulse.h"

#include <mpi.h>
#include <sched.h>
#include <string.h>
#include <time.h>

static MPI_Comm world = MPI_COMM_NULL;

// A message of MPI has less than 2^31 bytes.
static const size_t longest = (size_t)1 << 30;
enum { most_requests = 64, spins = 500, yields = 2000, nap = 50000 };

bool dm_is_built(void) { return true; }

static int local_size(int *count) {
  MPI_Comm host;
  int code = MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(host, count);
  if (code == MPI_SUCCESS) code = MPI_Comm_free(&host);
  return code;
}

int dm_begin(int patience, int *rank, int *count, int *local_count) {
  int provided = MPI_THREAD_SINGLE;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided);
  if (code == MPI_SUCCESS) code = MPI_Comm_dup(MPI_COMM_WORLD, &world);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(world, MPI_ERRORS_RETURN);
  if (code == MPI_SUCCESS) code = MPI_Comm_rank(world, rank);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(world, count);
  if (code == MPI_SUCCESS) code = local_size(local_count);
  // Without threads in MPI the launcher alone sees that a rank has died.
  if (code == MPI_SUCCESS && *count > 1 && provided == MPI_THREAD_MULTIPLE)
    code = dm_pulse_begin(world, patience);
  return code;
}

/// Waits for all requests. A rank that waits leaves its processor to those that work.
static int wait_for(int count, MPI_Request *requests) {
  for (long round = 0;; round++) {
    int done = 0;
    int code = MPI_Testall(count, requests, &done, MPI_STATUSES_IGNORE);
    if (code != MPI_SUCCESS || done) return code;
    if (round > spins + yields) nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
    else if (round > spins) sched_yield();
  }
}

int dm_exchange(
    const void *outgoing, size_t sent, void *incoming, size_t received, int partner) {
  MPI_Request requests[most_requests];
  int count = 0, code = MPI_SUCCESS;
  while (code == MPI_SUCCESS && (sent > 0 || received > 0)) {
    if (received > 0) {
      size_t part = received < longest ? received : longest;
      code = MPI_Irecv(incoming, (int)part, MPI_BYTE, partner, 0, world, &requests[count++]);
      incoming = (char *)incoming + part;
      received -= part;
    }
    if (code == MPI_SUCCESS && sent > 0) {
      size_t part = sent < longest ? sent : longest;
      code = MPI_Isend(outgoing, (int)part, MPI_BYTE, partner, 0, world, &requests[count++]);
      outgoing = (const char *)outgoing + part;
      sent -= part;
    }
    if (code == MPI_SUCCESS && (count > most_requests - 2 || (sent == 0 && received == 0))) {
      code = wait_for(count, requests);
      count = 0;
    }
  }
  return code;
}

int dm_end(void) {
  int code = dm_pulse_end();
  if (code == MPI_SUCCESS) code = MPI_Comm_free(&world);
  return code == MPI_SUCCESS ? MPI_Finalize() : code;
}

void dm_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

void dm_describe(int code, char *text, size_t size) {
  char found[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (MPI_Error_string(code, found, &length) != MPI_SUCCESS) length = 0;
  snprintf(text, size, "%.*s", length, found);
}

const char *dm_library(void) {
  static char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) return "MPI";
  text[strcspn(text, "\n,")] = 0;
  for (char *tab = text; (tab = strchr(tab, '\t')); tab++) *tab = ' ';
  return text;
}

#else

bool dm_is_built(void) { return false; }

int dm_begin(int patience, int *rank, int *count, int *local_count) {
  (void)patience;
  *rank = 0;
  *count = *local_count = 1;
  return 0;
}

int dm_exchange(
    const void *outgoing, size_t sent, void *incoming, size_t received, int partner) {
  (void)outgoing, (void)sent, (void)incoming, (void)received, (void)partner;
  return 1;
}

int dm_end(void) { return 0; }

void dm_abort(int code) { (void)code; }

void dm_describe(int code, char *text, size_t size) {
  (void)code;
  snprintf(text, size, "this build has no MPI");
}

const char *dm_library(void) { return "none"; }

#endif
