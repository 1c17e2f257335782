#pragma once

// What chooses among the clones runs before the thread sanitizer is ready for it.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif
