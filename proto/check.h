#pragma once
// DYNAMO_CHECK guards what only a bug of ours can break. No input of a user may ever reach one:
// what is wrong with the input is a Diagnostic, what the system refused is a Result.

namespace dynamo {

/// Prints the place and the reason on stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition, const char* message);

}  // namespace dynamo

#define DYNAMO_CHECK(condition, message) \
  ((condition) ? static_cast<void>(0) : ::dynamo::check_failed(__FILE__, __LINE__, #condition, message))
