#pragma once
// A sanitizer adds memory and processor time of its own: what measures either asks here first.

namespace dynamo::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace dynamo::test
