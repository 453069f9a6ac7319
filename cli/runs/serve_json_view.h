#pragma once
// `serve --log-format json`: one JSON object per line on stdout for everything that happens and everything that
// the replicas write, for programs. `type` is "run" (first), "event", "log", "lost" (`lines` that nobody read in
// time) or "outcome" (last).
//
// A log line that is not UTF-8 has `escaped: true`: in it every byte that does not fit stands as `\xNN` and every
// backslash is doubled, so that the bytes can be had back.

#include "cli/environment.h"
#include "orchestrator/run.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

class ServeJsonView final : public RunObserver {
 public:
  /// `on_closed` is called once when nobody reads stdout any more.
  ServeJsonView(const Environment& environment, std::function<void()> on_closed);

  void on_event(const Event& event, const RunSnapshot& snapshot) override;
  void on_output(std::string_view worker, OutputStream stream, std::string_view lines) override;
  std::optional<Duration> tick_after() override;
  void on_tick() override;
  std::vector<std::string> hand_over() override;
  void outcome(const RunOutcome& outcome, int exit_code);

 private:
  void check_closed();
  void tell_lost();

  const Environment& environment_;
  std::function<void()> on_closed_;
  bool closed_told_ = false;
};

}  // namespace dynamo
