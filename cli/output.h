#pragma once
// Where a command's text goes: a descriptor of this process, or a string in a test. Only cli prints, and it
// prints through this.

#include <string>
#include <string_view>

namespace dynamo {

class Output {
 public:
  virtual ~Output() = default;
  /// Writes all of it. Once the reader has gone away, nothing is written any more and nothing is said.
  virtual void write(std::string_view text) = 0;
  /// Whether the reader has gone away (a closed pipe, as in `dynamo graph list | head -1`).
  [[nodiscard]] virtual bool closed() const { return false; }
};

class TextOutput final : public Output {
 public:
  void write(std::string_view text) override { text_ += text; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Writes to a descriptor that somebody else owns; SIGPIPE must be ignored in this process.
class DescriptorOutput final : public Output {
 public:
  explicit DescriptorOutput(int descriptor) : descriptor_(descriptor) {}
  void write(std::string_view text) override;
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  int descriptor_;
  bool closed_ = false;
};

}  // namespace dynamo
