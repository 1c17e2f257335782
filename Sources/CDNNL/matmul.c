#include "CDNNL.h"

#ifdef CLIPSEG_ONEDNN

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>

#if DNNL_VERSION_MAJOR != 2
#error "clipseg is written for oneDNN 2.x (Debian 12: 2.6); port this file, and nothing else, to use another"
#endif

// From libgomp, which Debian's oneDNN runs on; Swift's clang brings no omp.h. Sets it for the calling thread.
void omp_set_num_threads(int count);

struct clipseg_dnnl_matmul {
    dnnl_primitive_t primitive;
    dnnl_memory_desc_t source, weights, bias, result, scratchpad;
    bool has_bias;
};

// The first failure ends the function with its status.
#define TRY(call)                                   \
    do {                                            \
        status = (call);                            \
        if (status != dnnl_success) goto done;      \
    } while (0)

static dnnl_status_t shared_engine(dnnl_engine_t *engine) {
    static dnnl_engine_t shared;
    dnnl_engine_t known = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
    if (!known) {
        dnnl_engine_t mine;
        dnnl_status_t status = dnnl_engine_create(&mine, dnnl_cpu, 0);
        if (status != dnnl_success) return status;
        if (__atomic_compare_exchange_n(&shared, &known, mine, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            known = mine;
        else
            dnnl_engine_destroy(mine);
    }
    *engine = known;
    return dnnl_success;
}

static dnnl_data_type_t data_type(clipseg_dnnl_element element) {
    switch (element) {
    case CLIPSEG_DNNL_FLOAT32: return dnnl_f32;
    case CLIPSEG_DNNL_BFLOAT16: return dnnl_bf16;
    case CLIPSEG_DNNL_INT8: return dnnl_s8;
    case CLIPSEG_DNNL_INT32: return dnnl_s32;
    }
}

static dnnl_status_t append_activation(dnnl_post_ops_t operations, clipseg_dnnl_activation activation) {
    switch (activation) {
    case CLIPSEG_DNNL_RELU: return dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0);
    case CLIPSEG_DNNL_GELU_ERF: return dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_gelu_erf, 0, 0);
    case CLIPSEG_DNNL_QUICK_GELU: return dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_swish, 1.702f, 0);
    case CLIPSEG_DNNL_IDENTITY: return dnnl_success;
    }
}

static dnnl_status_t describe_weights(const clipseg_dnnl_matmul_shape *shape, dnnl_memory_desc_t *weights) {
    dnnl_dims_t sizes = {shape->inner, shape->columns};
    dnnl_dims_t plain = {shape->weights_stride, 1}, transposed = {1, shape->weights_stride};
    dnnl_data_type_t type = data_type(shape->operands);
    switch (shape->weights) {
    case CLIPSEG_DNNL_PACKED: return dnnl_memory_desc_init_by_tag(weights, 2, sizes, type, dnnl_format_tag_any);
    case CLIPSEG_DNNL_PLAIN: return dnnl_memory_desc_init_by_strides(weights, 2, sizes, type, plain);
    case CLIPSEG_DNNL_TRANSPOSED: return dnnl_memory_desc_init_by_strides(weights, 2, sizes, type, transposed);
    }
}

int clipseg_dnnl_matmul_create(const clipseg_dnnl_matmul_shape *shape, clipseg_dnnl_matmul **matmul) {
    dnnl_status_t status = dnnl_success;
    dnnl_engine_t engine;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_post_ops_t operations = NULL;
    dnnl_primitive_desc_t description = NULL;
    dnnl_matmul_desc_t operation;
    clipseg_dnnl_matmul *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    made->has_bias = shape->bias;
    omp_set_num_threads(1);  // the blocking is chosen for the number of threads seen here

    dnnl_dims_t source = {shape->rows, shape->inner}, source_strides = {shape->source_stride, 1};
    dnnl_dims_t result = {shape->rows, shape->columns}, result_strides = {shape->result_stride, 1};
    dnnl_dims_t bias = {1, shape->columns}, bias_strides = {shape->columns, 1};
    TRY(shared_engine(&engine));
    TRY(dnnl_memory_desc_init_by_strides(&made->source, 2, source, data_type(shape->operands), source_strides));
    TRY(describe_weights(shape, &made->weights));
    TRY(dnnl_memory_desc_init_by_strides(&made->bias, 2, bias, dnnl_f32, bias_strides));
    TRY(dnnl_memory_desc_init_by_strides(&made->result, 2, result, data_type(shape->result), result_strides));
    TRY(dnnl_matmul_desc_init(
        &operation, &made->source, &made->weights, shape->bias ? &made->bias : NULL, &made->result));

    TRY(dnnl_primitive_attr_create(&attributes));
    TRY(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user));
    if (shape->scale != 1) TRY(dnnl_primitive_attr_set_output_scales(attributes, 1, 0, &shape->scale));
    TRY(dnnl_post_ops_create(&operations));
    TRY(append_activation(operations, shape->activation));
    if (shape->accumulate) TRY(dnnl_post_ops_append_sum(operations, 1));
    TRY(dnnl_primitive_attr_set_post_ops(attributes, operations));

    TRY(dnnl_primitive_desc_create(&description, &operation, attributes, engine, NULL));
    made->weights = *dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0);
    made->scratchpad = *dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
    TRY(dnnl_primitive_create(&made->primitive, description));

done:
    dnnl_primitive_desc_destroy(description);
    dnnl_post_ops_destroy(operations);
    dnnl_primitive_attr_destroy(attributes);
    if (status == dnnl_success)
        *matmul = made;
    else
        free(made);
    return status;
}

void clipseg_dnnl_matmul_destroy(clipseg_dnnl_matmul *matmul) {
    dnnl_primitive_destroy(matmul->primitive);
    free(matmul);
}

size_t clipseg_dnnl_matmul_packed_size(const clipseg_dnnl_matmul *matmul) {
    return dnnl_memory_desc_get_size(&matmul->weights);
}

enum { ARGUMENTS = 5 };

struct clipseg_dnnl_execution {
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    int count;
    dnnl_exec_arg_t arguments[ARGUMENTS];
    void *scratchpad;
};

int clipseg_dnnl_execution_create(const clipseg_dnnl_matmul *matmul, clipseg_dnnl_execution **execution) {
    dnnl_status_t status = dnnl_success;
    dnnl_engine_t engine;
    const int names[ARGUMENTS] = {
        DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD, DNNL_ARG_BIAS};
    const dnnl_memory_desc_t *descriptions[ARGUMENTS] = {
        &matmul->source, &matmul->weights, &matmul->result, &matmul->scratchpad, &matmul->bias};
    size_t scratchpad_size = dnnl_memory_desc_get_size(&matmul->scratchpad);
    clipseg_dnnl_execution *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    made->primitive = matmul->primitive;
    made->count = matmul->has_bias ? ARGUMENTS : ARGUMENTS - 1;
    if (scratchpad_size) made->scratchpad = aligned_alloc(64, (scratchpad_size + 63) / 64 * 64);
    if (scratchpad_size && !made->scratchpad) status = dnnl_out_of_memory;
    if (status != dnnl_success) goto done;
    TRY(shared_engine(&engine));
    TRY(dnnl_stream_create(&made->stream, engine, dnnl_stream_default_flags));
    for (int i = 0; i < made->count; i++) {
        made->arguments[i].arg = names[i];
        TRY(dnnl_memory_create(&made->arguments[i].memory, descriptions[i], engine, NULL));
    }
    TRY(dnnl_memory_set_data_handle(made->arguments[3].memory, made->scratchpad));
done:
    if (status == dnnl_success)
        *execution = made;
    else
        clipseg_dnnl_execution_destroy(made);
    return status;
}

void clipseg_dnnl_execution_destroy(clipseg_dnnl_execution *execution) {
    for (int i = 0; i < execution->count; i++) dnnl_memory_destroy(execution->arguments[i].memory);
    dnnl_stream_destroy(execution->stream);
    free(execution->scratchpad);
    free(execution);
}

int clipseg_dnnl_execution_run(
    clipseg_dnnl_execution *execution, const void *source, const void *weights, const float *bias, void *result) {
    dnnl_status_t status = dnnl_success;
    omp_set_num_threads(1);
    TRY(dnnl_memory_set_data_handle(execution->arguments[0].memory, (void *)source));
    TRY(dnnl_memory_set_data_handle(execution->arguments[1].memory, (void *)weights));
    TRY(dnnl_memory_set_data_handle(execution->arguments[2].memory, result));
    if (execution->count == ARGUMENTS)
        TRY(dnnl_memory_set_data_handle(execution->arguments[4].memory, (void *)bias));
    TRY(dnnl_primitive_execute(
        execution->primitive, execution->stream, execution->count, execution->arguments));
done:
    return status;
}

int clipseg_dnnl_matmul_pack(
    const clipseg_dnnl_matmul *matmul, const void *weights, clipseg_dnnl_element element, void *packed) {
    dnnl_status_t status = dnnl_success;
    dnnl_engine_t engine;
    dnnl_memory_desc_t plain;
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t reorder = NULL;
    dnnl_stream_t stream = NULL;
    dnnl_exec_arg_t arguments[2] = {{.arg = DNNL_ARG_FROM}, {.arg = DNNL_ARG_TO}};
    dnnl_dims_t strides = {1, matmul->weights.dims[0]};
    omp_set_num_threads(1);
    TRY(shared_engine(&engine));
    TRY(dnnl_memory_desc_init_by_strides(&plain, 2, matmul->weights.dims, data_type(element), strides));
    TRY(dnnl_reorder_primitive_desc_create(&description, &plain, engine, &matmul->weights, engine, NULL));
    TRY(dnnl_primitive_create(&reorder, description));
    TRY(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));
    TRY(dnnl_memory_create(&arguments[0].memory, &plain, engine, (void *)weights));
    TRY(dnnl_memory_create(&arguments[1].memory, &matmul->weights, engine, packed));
    TRY(dnnl_primitive_execute(reorder, stream, 2, arguments));
done:
    for (int i = 0; i < 2; i++) dnnl_memory_destroy(arguments[i].memory);
    dnnl_stream_destroy(stream);
    dnnl_primitive_destroy(reorder);
    dnnl_primitive_desc_destroy(description);
    return status;
}

bool clipseg_dnnl_matmul_same_packing(const clipseg_dnnl_matmul *a, const clipseg_dnnl_matmul *b) {
    return dnnl_memory_desc_equal(&a->weights, &b->weights);
}

static bool has(int isa) { return (dnnl_get_effective_cpu_isa() & isa) == isa; }

bool clipseg_dnnl_has_avx2(void) { return has(dnnl_cpu_isa_avx2); }

bool clipseg_dnnl_has_avx512(void) { return has(dnnl_cpu_isa_avx512_core); }

bool clipseg_dnnl_has_native_bfloat16(void) { return has(dnnl_cpu_isa_avx512_core_bf16); }

bool clipseg_dnnl_has_int8(void) { return has(dnnl_cpu_isa_avx512_core_vnni); }

#endif
