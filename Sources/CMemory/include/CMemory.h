// The settings of glibc's allocator, in a header that Swift's Glibc module leaves out.
#ifndef CMEMORY_H
#define CMEMORY_H

#include <malloc.h>

#endif
