// What matrix products are made of: tiles of six rows by a panel of columns, their sums in registers.
//
// Operands come in groups of four bytes: one float, two bfloat16 or four 8-bit integers, which the CPU multiplies and
// adds up at once. A panel holds up to four vectors of columns: for each group of the inner dimension, that group of
// each of the columns. Where all four are multiplied at a time their groups are interleaved, else one vector follows the
// other, so that in either case memory is read from its first byte to its last.
#ifndef CLIPSEG_TILE_H
#define CLIPSEG_TILE_H

#include "CKernels.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Six by four sums, four columns and one row fill the 32 registers but three, and keep both multipliers busy.
enum { TILE_ROWS = 6, PANEL_VECTORS = 4, LANES = 16, GROUP = 4, VECTOR = 64 };

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define LOG2_E 1.44269504f
#define UNROLL _Pragma("clang loop unroll(full)")

// The addresses of a tile's rows. A tile with fewer repeats its last: nobody looks at the result.
typedef struct tile_rows {
    const char *row[TILE_ROWS];
} tile_rows;

ALWAYS_INLINE tile_rows tile_rows_at(const void *first, size_t stride, size_t count) {
    tile_rows rows;
    for (size_t i = 0; i < TILE_ROWS; i++) rows.row[i] = (const char *)first + (i < count ? i : count - 1) * stride;
    return rows;
}

typedef struct panel {
    const char *bytes;
    size_t width;         // in columns, whole vectors
    size_t column_bytes;  // along the inner dimension
} panel;

// Where a tile goes: rows of the result, and the columns of a panel, which may reach past the last one.
typedef struct tile_place {
    size_t height, column, width;
    char *result;
    size_t result_stride;
} tile_place;

// What a tile will be added to, so that it has come to the second-level cache when the sums are ready: the first-level one
// is busy with the sums' operands.
ALWAYS_INLINE void prefetch_result(const tile_place *place) {
    for (size_t i = 0; i < place->height; i++)
        for (size_t j = 0; j < place->width; j += LANES)
            _mm_prefetch(place->result + i * place->result_stride + (place->column + j) * sizeof(float), _MM_HINT_T1);
}

// Calls `FINISH(…, activation, kind)` with constants, so that a loop of its own is compiled for each.
#define FINISH_AS_KIND(FINISH, ACTIVATION, KIND, ...)                                                \
    switch (KIND) {                                                                                  \
    case CLIPSEG_RESULT_FLOAT32: FINISH(__VA_ARGS__, ACTIVATION, CLIPSEG_RESULT_FLOAT32); break;     \
    case CLIPSEG_RESULT_BFLOAT16: FINISH(__VA_ARGS__, ACTIVATION, CLIPSEG_RESULT_BFLOAT16); break;   \
    case CLIPSEG_RESULT_ADDED: FINISH(__VA_ARGS__, ACTIVATION, CLIPSEG_RESULT_ADDED); break;         \
    }
#define FINISH_AS(FINISH, ACTIVATION, KIND, ...)                                                             \
    switch (ACTIVATION) {                                                                                    \
    case CLIPSEG_IDENTITY: FINISH_AS_KIND(FINISH, CLIPSEG_IDENTITY, KIND, __VA_ARGS__); break;               \
    case CLIPSEG_RELU: FINISH_AS_KIND(FINISH, CLIPSEG_RELU, KIND, __VA_ARGS__); break;                       \
    case CLIPSEG_GELU_ERF: FINISH_AS_KIND(FINISH, CLIPSEG_GELU_ERF, KIND, __VA_ARGS__); break;               \
    case CLIPSEG_QUICK_GELU: FINISH_AS_KIND(FINISH, CLIPSEG_QUICK_GELU, KIND, __VA_ARGS__); break;           \
    }

#endif
