#ifndef PAGE_ENDS_MEMORY_H
#define PAGE_ENDS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What is called, for the report of a fault; call it before the operands of a call are placed.
void begin(const char *call, long a, long b, long c, long d);
/// Bytes for the next operand, up to the end of its pages or, after `at_start(true)`, from their
/// start. They are good until the next `begin`.
void *place(size_t bytes);
void at_start(bool start);

/// Indices below `bound`, which come in turn.
int32_t *indices(long n, long bound);
int32_t *whole_numbers(long n);
uint8_t *bytes(long n);

#endif
