#include "orchestrator/probe.h"

#include "orchestrator/attempt.h"

#include <fmt/format.h>

#include <re2/re2.h>

#include <utility>

namespace dynamo {

namespace {

re2::RE2::Options pattern_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Pattern::Pattern(const std::string& expression)
    : expression_(std::make_unique<re2::RE2>(expression, pattern_options())) {}
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

bool Pattern::matches(std::string_view text) const {
  return expression_->ok() && re2::RE2::PartialMatch(piece(text), *expression_);
}

std::string Pattern::error() const { return expression_->ok() ? std::string() : expression_->error(); }

LogProbe::LogProbe(const asio::any_io_executor& executor, const std::string& expression)
    : pattern_(expression), changed_(executor) {}

void LogProbe::feed(std::string_view line) {
  if (matched_ || !pattern_.matches(line)) return;
  matched_ = true;
  changed_.notify_all();
}

Awaitable<> LogProbe::wait() {
  while (!matched_) co_await changed_.wait();
}

namespace {

Awaitable<ProbeResult> wait_for_line(LogProbe& log) {
  co_await log.wait();
  co_return ProbeResult::good();
}

}  // namespace

Awaitable<ProbeResult> probe_log(Clock& clock, LogProbe& log, std::chrono::milliseconds timeout) {
  co_return co_await attempt(clock, timeout, wait_for_line(log), "no matching line");
}

std::string seconds_words(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count < 1000) return fmt::format("{} ms", count);
  if (count % 1000 == 0) return fmt::format("{} s", count / 1000);
  return fmt::format("{:.1f} s", static_cast<double>(count) / 1000.0);
}

}  // namespace dynamo
