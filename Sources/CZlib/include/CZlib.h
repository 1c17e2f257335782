// What Swift needs of zlib.
#ifndef CZLIB_H
#define CZLIB_H

#include <stddef.h>
#include <stdint.h>

/// The CRC-32 of `length` bytes, as ZIP and PNG have it. `bytes` may be null if there are none.
uint32_t czlib_crc32(const void *bytes, size_t length);

#endif
