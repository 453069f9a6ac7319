#pragma once
// Signal dispositions by the kernel's own call: glibc's sigaction refuses the two signals that it uses itself (32 and
// 33), and a starter may have left those ignored too. Nothing here allocates or touches errno's owner, so that it may
// run between clone and exec.

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

namespace dynamo {

inline constexpr int last_signal = 64;

/// The kernel's form of `struct sigaction`.
struct KernelSigaction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  std::uint64_t mask;
};

inline void set_default_disposition(int number) {
  const KernelSigaction to_default{SIG_DFL, 0, nullptr, 0};
  ::syscall(SYS_rt_sigaction, number, &to_default, nullptr, sizeof(std::uint64_t));
}

inline bool is_ignored(int number) {
  KernelSigaction present{};
  return ::syscall(SYS_rt_sigaction, number, nullptr, &present, sizeof(std::uint64_t)) == 0 &&
         present.handler == SIG_IGN;
}

}  // namespace dynamo
