#ifndef CMPI_H
#define CMPI_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

// All that is used of MPI. Whatever a handle is in an implementation, none leaves this target. A
// function that can fail returns 0, or a code of which `dm_describe` makes a text.

/// Whether this build has MPI; without it every other function fails or does nothing.
bool dm_is_built(void);

/// Joins the processes that the launcher has started: this one's rank, their number, and how many
/// of them share this host.
///
/// From then on the ranks watch each other: one that is silent for `patience` seconds ends all.
int dm_begin(int patience, int *rank, int *count, int *local_count);

/// Sends bytes to another rank and receives bytes from it, at the same time.
int dm_exchange(
    const void *_Nullable outgoing, size_t sent, void *_Nullable incoming, size_t received,
    int partner);

/// Leaves the others, all of whom leave.
int dm_end(void);

/// Ends all ranks, wherever they are.
void dm_abort(int code);

/// Writes the text of an error.
void dm_describe(int code, char *text, size_t size);

/// The name and version of the implementation.
const char *dm_library(void);

#pragma clang assume_nonnull end

#endif
