#include "proto/result.h"

#include <cerrno>
#include <utility>

namespace dynamo {

Failure errno_failure(std::string doing) {
  const int number = errno;
  return {std::move(doing), boost::system::error_code(number, boost::system::system_category())};
}

}  // namespace dynamo
