#pragma once
// What the operating system refused. A Failure says which call, on what, and why, so that a message
// never consists of an errno number alone. What is wrong with a user's file is a Diagnostic instead.

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace dynamo {

struct Failure {
  // A constructor, because an aggregate could be made from the text alone, and Result could then not tell a text
  // that is the value from one that begins a failure.
  Failure() = default;  // Result::error() wants it
  Failure(std::string attempt, boost::system::error_code why) : doing(std::move(attempt)), error(why) {}

  std::string doing;                ///< the attempt in words, "bind 127.0.0.1:8000"
  boost::system::error_code error;  ///< the reason as the system gave it

  /// "cannot bind 127.0.0.1:8000: Address already in use"
  [[nodiscard]] std::string message() const { return "cannot " + doing + ": " + error.message(); }
};

/// Called by Result::value() when there is none: a bug of the caller, who did not look first.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location& where) {
  boost::throw_exception(boost::system::system_error(failure.error, failure.doing), where);
}

template <class T>
using Result = boost::system::result<T, Failure>;

/// The Failure for the present errno.
Failure errno_failure(std::string doing);

}  // namespace dynamo
