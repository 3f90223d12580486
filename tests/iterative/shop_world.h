// A fixture: a small internet of shops, and an engine on it.
#ifndef DNSWARM_TESTS_ITERATIVE_SHOP_WORLD_H_
#define DNSWARM_TESTS_ITERATIVE_SHOP_WORLD_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/iterative/engine_world.h"

namespace dnswarm::testing {

inline const std::string soa = " 300 SOA ns.x host.x 1 2 3 4 60\n";

// root -> com, net -> shop.com (glue), host.net (glue), glueless.com (served by ns.host.net)
class ShopWorld : public ::testing::Test {
 protected:
  ShopWorld() { build(world.internet); }

  static void build(SmallInternet& internet) {
    internet.zone("192.0.2.1 192.0.2.2", ".",
                  "." + soa +
                      ". 3600 NS a.root\n"
                      "com 3600 NS ns.com\nns.com 3600 A 192.0.2.10\n"
                      "net 3600 NS ns.net\nns.net 3600 A 192.0.2.11\n");
    internet.zone("192.0.2.10", "com",
                  "com" + soa +
                      "com 3600 NS ns.com\nns.com 3600 A 192.0.2.10\n"
                      "shop.com 3600 NS ns1.shop.com\nshop.com 3600 NS ns2.shop.com\n"
                      "ns1.shop.com 3600 A 192.0.2.20\nns2.shop.com 3600 A 192.0.2.21\n"
                      "glueless.com 3600 NS ns.host.net\n"
                      "lost.com 3600 NS ns.lost.com\n"
                      "ring-a.com 3600 NS ns.ring-b.com\nring-b.com 3600 NS ns.ring-a.com\n");
    internet.zone("192.0.2.11", "net",
                  "net" + soa + "host.net 3600 NS ns.host.net\nns.host.net 3600 A 192.0.2.30\n");
    internet.zone("192.0.2.20 192.0.2.21", "shop.com",
                  "shop.com" + soa +
                      "shop.com 300 A 198.51.100.1\n"
                      "www.shop.com 300 A 198.51.100.2\n"
                      "alias.shop.com 300 CNAME www.shop.com\n"
                      "away.shop.com 300 CNAME www.glueless.com\n"
                      "self.shop.com 300 CNAME self.shop.com\n"
                      "a.deep.shop.com 300 A 198.51.100.3\n");
    internet.zone("192.0.2.30", "host.net", "host.net" + soa + "ns.host.net 300 A 192.0.2.30\n");
    internet.zone("192.0.2.30", "glueless.com",
                  "glueless.com" + soa + "www.glueless.com 300 A 198.51.100.9\n");
  }
  size_t asked(const std::string& what) const {
    const auto& all = world.internet.asked();
    return static_cast<size_t>(std::count_if(
        all.begin(), all.end(), [&](const std::string& line) { return line.find(what) != line.npos; }));
  }

  EngineWorld world;
};

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_SHOP_WORLD_H_
