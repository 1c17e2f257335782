#include "CKernels.h"

#if defined(__x86_64__)

#include "avx2.h"

enum { HALVES = 2 };

#define FOR_EACH_SUM(i, j)                     \
    UNROLL for (int i = 0; i < TILE_ROWS; i++) \
        UNROLL for (int j = 0; j < HALVES; j++)

// Adds to `sums` the products of a number of each row with one of each of sixteen columns. Six by two sums, two halves of
// the columns and a row fill all but one of the 16 registers.
#define ADD_PRODUCTS(ROW, LEFT, RIGHT, STEP)           \
    do {                                               \
        __typeof__(LEFT) left = LEFT, right = RIGHT;   \
        UNROLL for (int i = 0; i < TILE_ROWS; i++) {   \
            __typeof__(left) row = ROW;                \
            sums[i][0] = STEP(sums[i][0], row, left);  \
            sums[i][1] = STEP(sums[i][1], row, right); \
        }                                              \
    } while (0)

#define FLOAT_STEP(sum, row, column) _mm256_fmadd_ps(row, column, sum)
// Two products of 16-bit integers and their sum are exact in 32 bits.
#define INTEGER_STEP(sum, row, column) _mm256_add_epi32(sum, _mm256_madd_epi16(row, column))

// One vector of the panel, its groups `panel_stride` bytes apart.
__attribute__((target(AVX2), noinline)) static void multiply_vector(
    const tile_rows *rows, size_t bytes, const char *panel, size_t panel_stride, float *results, size_t stride) {
    __m256 sums[TILE_ROWS][HALVES];
    FOR_EACH_SUM(i, j) sums[i][j] = _mm256_setzero_ps();
    for (size_t at = 0; at < bytes; at += GROUP, panel += panel_stride)
        ADD_PRODUCTS(
            _mm256_broadcast_ss((const float *)(rows->row[i] + at)), _mm256_loadu_ps((const float *)panel),
            _mm256_loadu_ps((const float *)panel + HALF_LANES), FLOAT_STEP);
    FOR_EACH_SUM(i, j) _mm256_storeu_ps(results + (size_t)i * stride + j * HALF_LANES, sums[i][j]);
}

void clipseg_multiply_float32_avx2(
    const tile_rows *rows, size_t bytes, const char *panel, size_t width, float *results, size_t stride) {
    for (size_t column = 0; column < width; column += LANES)
        multiply_vector(rows, bytes, panel + column * GROUP, width * GROUP, results + column, stride);
}

// MARK: Narrower numbers, widened to what the CPU multiplies. Each group has two passes: bfloat16 one number in each, 8-bit
// integers two.

// How many groups are widened at a time; so many of six rows stay in the first-level cache.
enum { WIDE_GROUPS = 256 };

// Groups of a tile's rows: the numbers of a group's first pass, then those of its second.
typedef struct wide_rows {
    _Alignas(VECTOR) char row[TILE_ROWS][WIDE_GROUPS * 2 * GROUP];
} wide_rows;

// Widens eight bytes after the other, the last of them made up with zeros. Returns how many groups they are.
#define WIDEN(WIDEN_EIGHT)                                                                     \
    for (size_t i = 0; i < TILE_ROWS; i++) {                                                   \
        const char *row = rows->row[i] + at;                                                   \
        size_t done = 0;                                                                       \
        for (; done + 8 <= bytes; done += 8) WIDEN_EIGHT(row + done, wide->row[i] + 2 * done); \
        if (done == bytes) continue;                                                           \
        char last[8] = {};                                                                     \
        memcpy(last, row + done, bytes - done);                                                \
        WIDEN_EIGHT(last, wide->row[i] + 2 * done);                                            \
    }                                                                                          \
    return (bytes + GROUP - 1) / GROUP

__attribute__((target(AVX2))) ALWAYS_INLINE void widen_four_bfloat16(const char *row, char *wide) {
    __m128i numbers = _mm_cvtepu16_epi32(_mm_loadl_epi64((const __m128i *)row));
    _mm_storeu_si128((__m128i *)wide, _mm_slli_epi32(numbers, 16));
}

// The numbers 0, 2, 1, 3, 4, 6, 5 and 7: how the passes below find them in the columns.
__attribute__((target(AVX2))) ALWAYS_INLINE void widen_eight_int8(const char *row, char *wide) {
    __m128i numbers = _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)row));
    const __m128i order = _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
    _mm_storeu_si128((__m128i *)wide, _mm_shuffle_epi8(numbers, order));
}

__attribute__((target(AVX2))) static size_t widen_bfloat16(
    const tile_rows *rows, size_t at, size_t bytes, wide_rows *wide) {
    WIDEN(widen_four_bfloat16);
}

__attribute__((target(AVX2))) static size_t widen_int8(
    const tile_rows *rows, size_t at, size_t bytes, wide_rows *wide) {
    WIDEN(widen_eight_int8);
}

__attribute__((target(AVX2))) ALWAYS_INLINE __m256i load(const void *address) {
    return _mm256_loadu_si256((const __m256i *)address);
}

// What the columns have in a group's first pass and in its second.
#define FIRST_BFLOAT16(group) _mm256_castsi256_ps(_mm256_slli_epi32(group, 16))
#define SECOND_BFLOAT16(group) _mm256_castsi256_ps(_mm256_and_si256(group, _mm256_set1_epi32((int32_t)0xffff0000)))
#define FIRST_INT8(group) _mm256_and_si256(group, _mm256_set1_epi16(0xff))
#define SECOND_INT8(group) _mm256_srli_epi16(group, 8)

#define FLOAT_ROW(pass) _mm256_broadcast_ss((const float *)(rows->row[i] + at) + pass)
#define INTEGER_ROW(pass) _mm256_set1_epi32(((const int32_t *)(rows->row[i] + at))[pass])

// Adds the products of wide rows and one vector of the panel to the results. Behind the barrier the columns are loaded
// again: there is no register left to keep them.
#define DEFINE_ADD_VECTOR(NAME, SUM, RESULT, LOAD, STORE, ROW, FIRST, SECOND, STEP)                          \
    __attribute__((target(AVX2), noinline)) static void NAME(                                                \
        const wide_rows *rows, size_t groups, const char *panel, size_t panel_stride, RESULT *results,       \
        size_t stride) {                                                                                     \
        SUM sums[TILE_ROWS][HALVES];                                                                         \
        FOR_EACH_SUM(i, j) sums[i][j] = LOAD((const void *)(results + (size_t)i * stride + j * HALF_LANES)); \
        for (size_t at = 0; at < groups * 2 * GROUP; at += 2 * GROUP, panel += panel_stride) {               \
            ADD_PRODUCTS(ROW(0), FIRST(load(panel)), FIRST(load(panel + HALF_VECTOR)), STEP);                \
            __asm__ volatile("" ::: "memory");                                                               \
            ADD_PRODUCTS(ROW(1), SECOND(load(panel)), SECOND(load(panel + HALF_VECTOR)), STEP);              \
        }                                                                                                    \
        FOR_EACH_SUM(i, j) STORE((void *)(results + (size_t)i * stride + j * HALF_LANES), sums[i][j]);       \
    }
DEFINE_ADD_VECTOR(
    add_bfloat16_vector, __m256, float, _mm256_loadu_ps, _mm256_storeu_ps, FLOAT_ROW, FIRST_BFLOAT16,
    SECOND_BFLOAT16, FLOAT_STEP)
DEFINE_ADD_VECTOR(
    add_int8_vector, __m256i, int32_t, _mm256_loadu_si256, _mm256_storeu_si256, INTEGER_ROW, FIRST_INT8, SECOND_INT8,
    INTEGER_STEP)

// Adds all products to the results, some groups at a time.
#define ADD_IN_BLOCKS(WIDEN_ROWS, ADD_VECTOR)                                                                 \
    for (size_t at = 0; at < bytes; at += WIDE_GROUPS * GROUP) {                                              \
        size_t here = bytes - at < WIDE_GROUPS * GROUP ? bytes - at : WIDE_GROUPS * GROUP;                    \
        wide_rows wide;                                                                                       \
        size_t groups = WIDEN_ROWS(rows, at, here, &wide);                                                    \
        for (size_t column = 0; column < width; column += LANES)                                              \
            ADD_VECTOR(                                                                                       \
                &wide, groups, panel + at * width + column * GROUP, width * GROUP, results + column, stride); \
    }

void clipseg_multiply_bfloat16_avx2(
    const tile_rows *rows, size_t bytes, const char *panel, size_t width, float *results, size_t stride) {
    for (size_t i = 0; i < TILE_ROWS; i++) memset(results + i * stride, 0, width * sizeof(float));
    ADD_IN_BLOCKS(widen_bfloat16, add_bfloat16_vector)
}

void clipseg_multiply_int8_avx2(
    const tile_rows *rows, size_t bytes, const char *panel, size_t width, const int32_t starts[TILE_ROWS],
    int32_t *results, size_t stride) {
    for (size_t i = 0; i < TILE_ROWS; i++)
        for (size_t column = 0; column < width; column++) results[i * stride + column] = starts[i];
    ADD_IN_BLOCKS(widen_int8, add_int8_vector)
}

#endif
