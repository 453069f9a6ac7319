#pragma once
// A part that most definitions do not set. A file may have tens of thousands of definitions, and each is kept as
// written, resolved and tuned: what is not there should cost no more than a pointer.

#include <memory>

namespace dynamo {

/// Reads as a `T{}` until it is edited. Copies share one `T` until one of them is edited.
template <class T>
class Rare {
 public:
  [[nodiscard]] bool is_set() const { return value_ != nullptr; }
  const T& operator*() const { return value_ ? *value_ : nothing(); }
  const T* operator->() const { return &**this; }
  [[nodiscard]] T& edit() {
    if (!value_ || value_.use_count() > 1) value_ = std::make_shared<T>(**this);
    return *value_;
  }

 private:
  static const T& nothing() {
    static const T value;
    return value;
  }

  std::shared_ptr<T> value_;
};

}  // namespace dynamo
