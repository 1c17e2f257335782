// The part of oneDNN that clipseg uses, in a form that does not change between oneDNN versions: one single-threaded
// matrix product with its fused epilogue. Splitting work over threads is the caller's business.
#ifndef CLIPSEG_CDNNL_H
#define CLIPSEG_CDNNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum clipseg_dnnl_element {
    CLIPSEG_DNNL_FLOAT32,
    CLIPSEG_DNNL_BFLOAT16,
    CLIPSEG_DNNL_INT8,
    CLIPSEG_DNNL_INT32,  // of results only
} clipseg_dnnl_element;

typedef enum clipseg_dnnl_activation {
    CLIPSEG_DNNL_IDENTITY,
    CLIPSEG_DNNL_RELU,
    CLIPSEG_DNNL_GELU_ERF,
    CLIPSEG_DNNL_QUICK_GELU,
} clipseg_dnnl_activation;

typedef enum clipseg_dnnl_layout {
    CLIPSEG_DNNL_PACKED,      // blocked as oneDNN likes best; made by clipseg_dnnl_matmul_pack
    CLIPSEG_DNNL_PLAIN,       // element (k, n) at k * stride + n
    CLIPSEG_DNNL_TRANSPOSED,  // element (k, n) at n * stride + k
} clipseg_dnnl_layout;

// result[rows, columns] = activation(source[rows, inner] x weights[inner, columns] + bias) (+ result)
typedef struct clipseg_dnnl_matmul_shape {
    int64_t rows, inner, columns;
    int64_t source_stride, weights_stride, result_stride;  // in elements; weights_stride is ignored when packed
    clipseg_dnnl_element operands, result;
    clipseg_dnnl_layout weights;
    clipseg_dnnl_activation activation;
    bool bias;        // float32, one a column
    bool accumulate;  // add the product to what the result holds
    float scale;      // a factor on the product; only without a bias, which it would multiply too
} clipseg_dnnl_matmul_shape;

typedef struct clipseg_dnnl_matmul clipseg_dnnl_matmul;

// Each returns 0, or oneDNN's dnnl_status_t.
int clipseg_dnnl_matmul_create(const clipseg_dnnl_matmul_shape *shape, clipseg_dnnl_matmul **matmul);
void clipseg_dnnl_matmul_destroy(clipseg_dnnl_matmul *matmul);

size_t clipseg_dnnl_matmul_packed_size(const clipseg_dnnl_matmul *matmul);

// Reorders weights[columns, inner] (a linear layer's [out, in]), of type `element`, into the packed layout and type.
int clipseg_dnnl_matmul_pack(
    const clipseg_dnnl_matmul *matmul, const void *weights, clipseg_dnnl_element element, void *packed);

// Whether both read packed weights in the very same layout.
bool clipseg_dnnl_matmul_same_packing(const clipseg_dnnl_matmul *a, const clipseg_dnnl_matmul *b);

// All that running a product takes but its operands: made once, so that a run allocates next to nothing. Several may run
// one product at the same time. To be destroyed before the product.
typedef struct clipseg_dnnl_execution clipseg_dnnl_execution;

int clipseg_dnnl_execution_create(const clipseg_dnnl_matmul *matmul, clipseg_dnnl_execution **execution);
void clipseg_dnnl_execution_destroy(clipseg_dnnl_execution *execution);

int clipseg_dnnl_execution_run(
    clipseg_dnnl_execution *execution, const void *source, const void *weights, const float *bias, void *result);

// Whether this CPU has AVX2, AVX-512 (F, BW, DQ, VL), AVX512-BF16, and AVX512-VNNI, or as much of it as the environment
// variable DNNL_MAX_CPU_ISA allows.
bool clipseg_dnnl_has_avx2(void);
bool clipseg_dnnl_has_avx512(void);
bool clipseg_dnnl_has_native_bfloat16(void);
bool clipseg_dnnl_has_int8(void);

#endif
