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

__attribute__((target(AVX2))) ALWAYS_INLINE __m256i load(const void *address) {
    return _mm256_loadu_si256((const __m256i *)address);
}

// How many bytes lie between two vectors of a panel.
static size_t vector_stride(const panel *panel) { return (panel->column_bytes + GROUP - 1) / GROUP * VECTOR; }

// MARK: Floats. Functions of their own for each vector, so that nothing else competes for registers.

__attribute__((target(AVX2), noinline)) static void multiply_float32_vector(
    const tile_rows *rows, size_t bytes, const char *vector, float *results, size_t stride) {
    __m256 sums[TILE_ROWS][HALVES];
    FOR_EACH_SUM(i, j) sums[i][j] = _mm256_setzero_ps();
    for (size_t at = 0; at < bytes; at += GROUP, vector += VECTOR)
        ADD_PRODUCTS(
            _mm256_broadcast_ss((const float *)(rows->row[i] + at)), _mm256_loadu_ps((const float *)vector),
            _mm256_loadu_ps((const float *)vector + HALF_LANES), FLOAT_STEP);
    FOR_EACH_SUM(i, j) _mm256_storeu_ps(results + (size_t)i * stride + j * HALF_LANES, sums[i][j]);
}

// A group has two numbers, the first in the lower half of each lane. Behind the barrier they are loaded again: there is no
// register left to keep them.
#define FIRST_NUMBER(half) _mm256_castsi256_ps(_mm256_slli_epi32(load(vector + half * HALF_VECTOR), 16))
#define SECOND_NUMBER(half) \
    _mm256_castsi256_ps(_mm256_and_si256(load(vector + half * HALF_VECTOR), _mm256_set1_epi32((int32_t)0xffff0000)))
#define FLOAT_ROW(number) _mm256_broadcast_ss((const float *)(tile.row[i] + at) + number)

__attribute__((target(AVX2), noinline)) static void multiply_bfloat16_vector(
    const tile_rows *rows, size_t bytes, const char *vector, float *results, size_t stride) {
    __m256 sums[TILE_ROWS][HALVES];
    FOR_EACH_SUM(i, j) sums[i][j] = _mm256_setzero_ps();
    const tile_rows tile = *rows;
    size_t at = 0;
    for (; at + 2 * sizeof(float) <= bytes; at += 2 * sizeof(float), vector += VECTOR) {
        ADD_PRODUCTS(FLOAT_ROW(0), FIRST_NUMBER(0), FIRST_NUMBER(1), FLOAT_STEP);
        __asm__ volatile("" ::: "memory");
        ADD_PRODUCTS(FLOAT_ROW(1), SECOND_NUMBER(0), SECOND_NUMBER(1), FLOAT_STEP);
    }
    if (at < bytes) ADD_PRODUCTS(FLOAT_ROW(0), FIRST_NUMBER(0), FIRST_NUMBER(1), FLOAT_STEP);
    FOR_EACH_SUM(i, j) _mm256_storeu_ps(results + (size_t)i * stride + j * HALF_LANES, sums[i][j]);
}

void clipseg_multiply_float32_avx2(
    const tile_rows *rows, size_t bytes, const panel *panel, float *results, size_t stride) {
    const char *vector = panel->bytes;
    for (size_t column = 0; column < panel->width; column += LANES, vector += vector_stride(panel))
        multiply_float32_vector(rows, bytes, vector, results + column, stride);
}

void clipseg_multiply_bfloat16_avx2(
    const tile_rows *rows, size_t bytes, const panel *panel, float *results, size_t stride) {
    const char *vector = panel->bytes;
    for (size_t column = 0; column < panel->width; column += LANES, vector += vector_stride(panel))
        multiply_bfloat16_vector(rows, bytes, vector, results + column, stride);
}

// MARK: 8-bit integers. Each group has two pairs, of its even bytes and of its odd ones.

// How many groups of the inner dimension are multiplied at a time; so many of six rows stay in the first-level cache.
enum { GROUPS_AT_A_TIME = 256 };

#define EVEN_BYTES(half) _mm256_and_si256(load(vector + half * HALF_VECTOR), _mm256_set1_epi16(0xff))
#define ODD_BYTES(half) _mm256_srli_epi16(load(vector + half * HALF_VECTOR), 8)
#define INTEGER_ROW(pair) _mm256_set1_epi32(((const int32_t *)(tile.row[i] + at))[pair])

// Adds the products with a vector to the results.
__attribute__((target(AVX2), noinline)) static void add_int8_vector(
    const tile_rows *rows, size_t first, size_t count, const char *vector, int32_t *results, size_t stride) {
    __m256i sums[TILE_ROWS][HALVES];
    FOR_EACH_SUM(i, j) sums[i][j] = load(results + (size_t)i * stride + j * HALF_LANES);
    const tile_rows tile = *rows;
    vector += first * VECTOR;
    size_t end = (first + count) * WIDE_GROUP;
    for (size_t at = first * WIDE_GROUP; at < end; at += WIDE_GROUP, vector += VECTOR) {
        ADD_PRODUCTS(INTEGER_ROW(0), EVEN_BYTES(0), EVEN_BYTES(1), INTEGER_STEP);
        __asm__ volatile("" ::: "memory");
        ADD_PRODUCTS(INTEGER_ROW(1), ODD_BYTES(0), ODD_BYTES(1), INTEGER_STEP);
    }
    FOR_EACH_SUM(i, j)
    _mm256_storeu_si256((__m256i *)(results + (size_t)i * stride + j * HALF_LANES), sums[i][j]);
}

void clipseg_multiply_int8_avx2(
    const tile_rows *rows, const panel *panel, const int32_t starts[TILE_ROWS], int32_t *results, size_t stride) {
    for (size_t i = 0; i < TILE_ROWS; i++)
        for (size_t column = 0; column < panel->width; column++) results[i * stride + column] = starts[i];
    size_t groups = (panel->column_bytes + GROUP - 1) / GROUP;
    for (size_t first = 0; first < groups; first += GROUPS_AT_A_TIME) {
        size_t count = groups - first < GROUPS_AT_A_TIME ? groups - first : GROUPS_AT_A_TIME;
        const char *vector = panel->bytes;
        for (size_t column = 0; column < panel->width; column += LANES, vector += vector_stride(panel))
            add_int8_vector(rows, first, count, vector, results + column, stride);
    }
}

#endif
