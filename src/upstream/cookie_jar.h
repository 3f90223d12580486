// The DNS cookies of one upstream (RFC 7873, RFC 9018): what is sent with a query, and what its answers have
// shown.
//
// The client cookie is random and of this run and worker alone. It goes with every query until several
// answers came back without: then the upstream has no cookies, and 12 octets a query are saved. The first
// answer that carries it brings the server's part, which goes with all that follow; later answers renew it.
//
// Threads: one.
#ifndef DNSWARM_UPSTREAM_COOKIE_JAR_H_
#define DNSWARM_UPSTREAM_COOKIE_JAR_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "base/octets.h"
#include "base/random.h"
#include "dns/edns_codes.h"

namespace dnswarm {

class CookieJar {
 public:
  // So many answers without a cookie before the first with one: the upstream has none.
  static constexpr uint8_t answers_without_max = 8;

  void start(Random& random) {
    const uint64_t client = random.u64();
    std::memcpy(octets_.data(), &client, client_cookie_octets);
    size_ = client_cookie_octets;
  }
  void give_up() { size_ = 0; }

  // What goes with a query now; empty: no cookie. Valid until the next call that is not const.
  Octets cookie() const { return {octets_.data(), size_}; }
  // An answer must carry our cookie: earlier ones did.
  bool expected() const { return size_ > client_cookie_octets; }

  // Of a response that carries one: whether it is ours, and well-formed (RFC 7873 section 5.3). Where it is
  // not, the response must not be taken.
  bool is_ours(Octets cookie) const {
    const bool right_size = cookie.size() >= cookie_octets_min && cookie.size() <= cookie_octets_max;
    return right_size && std::memcmp(cookie.data(), octets_.data(), client_cookie_octets) == 0;
  }
  // Of a response that is taken. `cookie` is ours, or empty: it carries none.
  void on_response(Octets cookie) {
    if (cookie.empty()) {
      if (size_ == client_cookie_octets && ++answers_without_ >= answers_without_max) give_up();
      return;
    }
    size_ = static_cast<uint8_t>(cookie.size());
    std::memcpy(octets_.data(), cookie.data(), cookie.size());
  }

 private:
  std::array<uint8_t, cookie_octets_max> octets_;
  uint8_t size_ = 0;
  uint8_t answers_without_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_COOKIE_JAR_H_
