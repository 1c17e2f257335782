// The heart of a matrix product on AVX-512, and functions of vectors of sixteen floats.
#ifndef CLIPSEG_AVX512_H
#define CLIPSEG_AVX512_H

#include "tile.h"

#define AVX512 "avx512f,avx512bw,avx512dq,avx512vl,fma"
#define BF16 AVX512 ",avx512bf16"

// Adds to `sums` the products of rows that are `bytes` long with a panel of `vectors` vectors of columns.
#define DEFINE_TILE(NAME, FEATURES, SUM, STEP)                                                               \
    __attribute__((target(FEATURES))) ALWAYS_INLINE void NAME##_group(                                       \
        const tile_rows *rows, size_t at, size_t size, const char *panel, int vectors,                       \
        SUM sums[TILE_ROWS][PANEL_VECTORS]) {                                                                \
        __m512i columns[PANEL_VECTORS];                                                                      \
        UNROLL for (int j = 0; j < vectors; j++) columns[j] = _mm512_loadu_si512(panel + j * VECTOR);        \
        UNROLL for (int i = 0; i < TILE_ROWS; i++) {                                                         \
            int32_t group = 0;                                                                               \
            memcpy(&group, rows->row[i] + at, size);                                                         \
            __m512i row = _mm512_set1_epi32(group);                                                          \
            UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = STEP(sums[i][j], row, columns[j]);         \
        }                                                                                                    \
    }                                                                                                        \
    __attribute__((target(FEATURES))) ALWAYS_INLINE void NAME(                                               \
        const tile_rows *rows, size_t bytes, const char *panel, int vectors,                                 \
        SUM sums[TILE_ROWS][PANEL_VECTORS]) {                                                                \
        size_t at = 0;                                                                                       \
        for (; at + GROUP <= bytes; at += GROUP, panel += vectors * VECTOR)                                  \
            NAME##_group(rows, at, GROUP, panel, vectors, sums);                                            \
        if (at < bytes) NAME##_group(rows, at, bytes - at, panel, vectors, sums);                           \
    }

#define STEP_FLOAT32(sum, row, column) _mm512_fmadd_ps(_mm512_castsi512_ps(row), _mm512_castsi512_ps(column), sum)
#define STEP_BFLOAT16(sum, row, column) _mm512_dpbf16_ps(sum, (__m512bh)(row), (__m512bh)(column))
// The columns are unsigned here, the rows signed.
#define STEP_INT8(sum, row, column) _mm512_dpbusd_epi32(sum, column, row)

// Which of the lanes of vector `vector` lie within `columns`.
__attribute__((target(AVX512))) ALWAYS_INLINE __mmask16 lanes_within(size_t columns, size_t vector) {
    size_t before = vector * LANES;
    if (columns <= before) return 0;
    return columns - before >= LANES ? 0xffff : (__mmask16)((1u << (columns - before)) - 1);
}

// Rounds to nearest, ties to even; a NaN stays one.
__attribute__((target(AVX512))) ALWAYS_INLINE __m256i to_bfloat16(__m512 x) {
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    // The upper halves, put together. Behind a barrier: compilers would make a conversion stored under a mask of this and
    // what follows, which takes far longer.
    const __m512i upper = _mm512_set_epi16(
        31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1, 31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5,
        3, 1);
    __m256i halves =
        _mm512_castsi512_si256(_mm512_permutexvar_epi16(upper, _mm512_mask_mov_epi32(rounded, nan, quiet)));
    __asm__("" : "+v"(halves));
    return halves;
}

// The same in one instruction, to which subnormal numbers are 0.
__attribute__((target(BF16))) ALWAYS_INLINE __m256i to_bfloat16_natively(__m512 x) {
    return (__m256i)_mm512_cvtneps_pbh(x);
}

// e^x to about one unit in the last place: x = n ln 2 + r with |r| <= ln 2 / 2, e^r by the Taylor series to r^7.
// Below the smallest normal float the result is 0; it stays finite above.
__attribute__((target(AVX512))) ALWAYS_INLINE __m512 exponential512(__m512 x) {
    x = _mm512_min_ps(_mm512_set1_ps(88), _mm512_max_ps(_mm512_set1_ps(-104), x));
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(LOG2_E)), _MM_FROUND_TO_NEAREST_INT);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 p = _mm512_set1_ps(1.0f / 5040);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 720));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 120));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 24));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 6));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.5f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1));
    return _mm512_scalef_ps(p, n);
}

// 2^x to four digits, more than bfloat16 or 8 bits keep: with x = n + f and |f| <= 1/2, 2^f by the polynomial of third
// degree that is off least.
__attribute__((target(AVX512))) ALWAYS_INLINE __m512 rough_power_of_two(__m512 x) {
    __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT);
    __m512 f = _mm512_sub_ps(x, n);
    __m512 p = _mm512_set1_ps(0x1.c3f76p-5f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0x1.f0de1ap-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0x1.62f31ap-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0x1.fff692p-1f));
    return _mm512_scalef_ps(p, n);
}

#endif
