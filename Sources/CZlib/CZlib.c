#include "CZlib.h"

#include <zlib.h>

uint32_t czlib_crc32(const void *bytes, size_t length) {
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, length);
}
