#include "CKernels.h"

#if defined(__x86_64__)

#include "attention.h"

size_t clipseg_attention_scratch_size(size_t keys) { return TILE_ROWS * score_stride(keys) * sizeof(float); }

#endif
