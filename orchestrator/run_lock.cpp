#include "orchestrator/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace dynamo {

namespace {

std::filesystem::path lock_file(const std::filesystem::path& run_dir) { return run_dir / "lock"; }

}  // namespace

Result<FileDescriptor> lock_run(const std::filesystem::path& run_dir) {
  const std::filesystem::path path = lock_file(run_dir);
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return errno_failure("lock " + path.string());
  // Somebody who calls run_life() holds it too, for a moment.
  constexpr int attempts = 50;
  for (int attempt = 1; ::flock(file.get(), LOCK_EX | LOCK_NB) != 0; ++attempt) {
    if (errno != EWOULDBLOCK || attempt == attempts) return errno_failure("lock " + path.string());
    ::usleep(1000);
  }
  return file;
}

RunLife run_life(const std::filesystem::path& run_dir) {
  const FileDescriptor file(::open(lock_file(run_dir).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return RunLife::Unknown;
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return RunLife::Dead;
  return errno == EWOULDBLOCK ? RunLife::Alive : RunLife::Unknown;
}

}  // namespace dynamo
