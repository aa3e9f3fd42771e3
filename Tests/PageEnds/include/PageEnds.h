#ifndef PAGE_ENDS_H
#define PAGE_ENDS_H

// Calls with every operand at an end of mapped memory, where a read or a write outside of it is a
// fault. The process then says which call it was, and dies of the signal.

/// Products of every transpose and of many shapes from 1 to 100, with leading dimensions as wide as
/// a row and wider, against their definition. Returns how many are wrong, and says which.
long product_sweep_f(void);
long product_sweep_d(void);

/// Every kernel of CKernels, with sizes around the widths of vectors and of tiles.
void kernel_sweep_f(void);
void kernel_sweep_d(void);

#endif
