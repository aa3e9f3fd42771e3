#ifndef CMPI_PULSE_H
#define CMPI_PULSE_H

#include <mpi.h>

/// Starts a thread that tells the next rank of a ring every second that this one lives, and ends
/// all ranks once the one before has been silent for `patience` seconds.
int dm_pulse_begin(MPI_Comm world, int patience);

/// Ends the thread, once all ranks do so; nothing where it was not started.
int dm_pulse_end(void);

#endif
