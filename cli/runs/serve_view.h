#pragma once
// What a person sees of a run: one line per replica that changes its state on stderr, the replicas' own lines with
// their names in front on stdout.
//
// On a terminal a wait that grows long has a line at the bottom that is written again and again and goes away; in a
// pipe lines carry the time of day, and a wait is told of after 1, 5, 15 and every further 60 seconds. With -q only
// problems and the replicas' own lines remain; -v adds what is waited for and the process ids.

#include "cli/environment.h"
#include "orchestrator/run.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// How soon a reader that does not take everything is tried again.
constexpr Duration slow_reader_pause{50};

struct ServeViewOptions {
  bool quiet = false;
  bool verbose = false;
  std::filesystem::path run_dir;
  /// Called once when nobody reads stdout any more: the run should end.
  std::function<void()> on_closed;
};

class ServeView final : public RunObserver {
 public:
  ServeView(const Plan& plan, const Environment& environment, ServeViewOptions options);

  void on_event(const Event& event, const RunSnapshot& snapshot) override;
  void on_output(std::string_view worker, OutputStream stream, std::string_view lines) override;
  std::optional<Duration> tick_after() override;
  void on_tick() override;
  std::vector<std::string> hand_over() override;
  /// Takes the waiting line away, and tells what was left out.
  void finish();

 private:
  struct Waited {
    WorkerState state = WorkerState::Starting;
    std::int64_t since = 0;
  };

  void say(std::int64_t time, const std::string& line);
  void say_worker(const Event& event, const RunSnapshot& snapshot);
  void clear_wait();
  void check_closed();
  void say_lost();
  /// What is waited for, longest first; empty if nothing is.
  [[nodiscard]] std::string wait_text(std::int64_t now) const;
  [[nodiscard]] std::string prefix(std::string_view worker) const;

  const Plan& plan_;
  const Environment& environment_;
  ServeViewOptions options_;
  Style out_style_;
  Style err_style_;
  int id_width_ = 0;
  int component_width_ = 0;
  std::map<std::string, std::size_t, std::less<>> numbers_;  ///< of the replicas, for their colours
  std::string printed_;                                      ///< lines with their prefixes, while they are being made
  std::map<std::string, Waited, std::less<>> waited_;        ///< replicas that start or stop just now
  bool wait_shown_ = false;                                  ///< the line at the bottom is there
  std::int64_t news_ = 0;                                    ///< when something was last said
  std::size_t waits_told_ = 0;                               ///< since then
  std::int64_t stopping_since_ = 0;
  bool closed_told_ = false;
};

}  // namespace dynamo
