// How many queries may go over TCP because a response may have been forged: one packet of a forger's for each
// query must not push all load there.
#ifndef DNSWARM_ENGINE_TCP_SHARE_H_
#define DNSWARM_ENGINE_TCP_SHARE_H_

#include <cstdint>

namespace dnswarm {

// A sixteenth of all queries over UDP; 32 at once where none did so for long. Threads: one.
class TcpShare {
 public:
  void on_udp_query() {
    if (credit_ < credit_max) ++credit_;
  }
  bool any_left() const { return credit_ >= price; }
  void take() { credit_ -= price; }

 private:
  static constexpr uint32_t price = 16;
  static constexpr uint32_t credit_max = 32 * price;
  uint32_t credit_ = credit_max;
};

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_TCP_SHARE_H_
