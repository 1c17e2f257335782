#ifndef CLIPSEG_CFUZZER_H
#define CLIPSEG_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop, from compiler-rt, which has no header for it.
int LLVMFuzzerRunDriver(
    int *argument_count, char ***arguments, int (*test_one_input)(const uint8_t *bytes, size_t count));

#endif
