// The pairs: two answers for each finding, with it and after the change that makes it
// go. The lines that change are marked, and shown by `brownout explain finding.X --sdk
// openai-node` and `… anthropic-node`. Both SDKs have the same options and errors: sdk is
// what the package openai or @anthropic-ai/sdk exports by default.
import { setTimeout as sleep } from "node:timers/promises";

export function pairs(vendor) {
  const { sdk, stream, truncated } = vendor;
  const primary = vendor.client("PRIMARY");
  const secondary = vendor.client("SECONDARY");
  const once = primary.withOptions({ maxRetries: 0 });
  const second = secondary.withOptions({ maxRetries: 0 });

  // orSecond has the second provider answer when the first fails.
  function orSecond(pair) {
    const instead = (first) => async (question, user) => {
      try {
        await first(question, user);
      } catch {
        user.takeBack();
        await stream(second, question, user);
      }
    };
    return { before: instead(pair.before), after: instead(pair.after) };
  }

  async function both(question, user) {
    try {
      await stream(once, question, user);
    } catch {
      user.takeBack();
      await stream(second, question, user);
    }
  }

  return {
    no_fallback: {
      async before(question, user) {
        // [no_fallback before]
        await stream(once, question, user);
        // [end]
      },
      async after(question, user) {
        // [no_fallback after]
        try {
          await stream(once, question, user);
        } catch {
          user.takeBack(); // an event by which the user's page forgets what it shows
          await stream(second, question, user);
        }
        // [end]
      },
    },
    truncated_answer: orSecond({
      before: (question, user) => truncated.before(once, question, user),
      after: (question, user) => truncated.after(once, question, user),
    }),
    spliced_answer: {
      async before(question, user) {
        // [spliced_answer before]
        try {
          await stream(once, question, user);
        } catch {
          await stream(second, question, user);
        }
        // [end]
      },
      async after(question, user) {
        // [spliced_answer after]
        try {
          await stream(once, question, user);
        } catch {
          user.takeBack(); // an event by which the user's page forgets what it shows
          await stream(second, question, user);
        }
        // [end]
      },
    },
    fallback_only_before_first_token: {
      async before(question, user) {
        // [fallback_only_before_first_token before]
        try {
          await stream(once, question, user);
        } catch (failure) {
          if (user.begun) throw failure;
          await stream(second, question, user);
        }
        // [end]
      },
      async after(question, user) {
        // [fallback_only_before_first_token after]
        try {
          await stream(once, question, user);
        } catch {
          user.takeBack(); // an event by which the user's page forgets what it shows
          await stream(second, question, user);
        }
        // [end]
      },
    },
    fallback_only_on_some: {
      async before(question, user) {
        // [fallback_only_on_some before]
        try {
          await stream(once, question, user);
        } catch (failure) {
          if (!(failure instanceof sdk.RateLimitError)) throw failure;
          user.takeBack();
          await stream(second, question, user);
        }
        // [end]
      },
      async after(question, user) {
        // [fallback_only_on_some after]
        try {
          await stream(once, question, user);
        } catch (failure) {
          const wrong = failure instanceof sdk.BadRequestError || failure instanceof sdk.UnprocessableEntityError;
          if (wrong) throw failure; // anywhere else, too
          user.takeBack();
          await stream(second, question, user);
        }
        // [end]
      },
    },
    raw_error: {
      async before(question, user) {
        // [raw_error before]
        try {
          await both(question, user);
        } catch (failure) {
          user.fail(failure.message);
        }
        // [end]
      },
      async after(question, user) {
        // [raw_error after]
        try {
          await both(question, user);
        } catch {
          user.fail("No answer right now. Please try again in a minute.");
        }
        // [end]
      },
    },
    undeclared_template: {
      async before(question, user) {
        // [undeclared_template before]
        try {
          await both(question, user);
        } catch {
          user.say("We are looking into it and will be back soon.");
        }
        // [end]
      },
      async after(question, user) {
        // [undeclared_template after]
        try {
          await both(question, user);
        } catch {
          user.takeBack();
          user.prepared("We are looking into it and will be back soon."); // {"delta": …, "degraded": true}
        }
        // [end]
      },
    },
    hangs: orSecond({
      async before(question, user) {
        // [hangs before]
        await stream(primary, question, user, { maxRetries: 0 });
        // [end]
      },
      async after(question, user) {
        // [hangs after]
        await stream(primary, question, user, { maxRetries: 0, timeout: 2000 }); // the default is ten minutes
        // [end]
      },
    }),
    hopeless_retries: orSecond({
      async before(question, user) {
        // [hopeless_retries before]
        for (let triesLeft = 2; ; triesLeft--) {
          try {
            return await stream(primary, question, user);
          } catch (failure) {
            if (!triesLeft) throw failure;
          }
        }
        // [end]
      },
      async after(question, user) {
        // [hopeless_retries after]
        // The SDK's own two retries pass over 400, 401, 403, 404 and 422.
        await stream(primary, question, user);
        // [end]
      },
    }),
    retry_after_ignored: orSecond({
      async before(question, user) {
        // [retry_after_ignored before]
        for (const pause of [200, 400]) {
          try {
            return await stream(primary, question, user, { maxRetries: 0 });
          } catch {
            await sleep(Math.random() * pause);
          }
        }
        await stream(primary, question, user, { maxRetries: 0 });
        // [end]
      },
      async after(question, user) {
        // [retry_after_ignored after]
        // The SDK's retries wait as long as Retry-After says.
        await stream(primary, question, user, { maxRetries: 2 });
        // [end]
      },
    }),
    no_backoff: orSecond({
      async before(question, user) {
        // [no_backoff before]
        for (let triesLeft = 2; ; triesLeft--) {
          try {
            return await stream(primary, question, user, { maxRetries: 0 });
          } catch (failure) {
            if (!triesLeft) throw failure;
          }
        }
        // [end]
      },
      async after(question, user) {
        // [no_backoff after]
        // The SDK's retries pause for 0.5 s, 1 s, …, less up to a quarter by chance.
        await stream(primary, question, user, { maxRetries: 2 });
        // [end]
      },
    }),
    no_jitter: orSecond({
      async before(question, user) {
        // [no_jitter before]
        for (const pause of [500, 1000]) {
          try {
            return await stream(primary, question, user, { maxRetries: 0 });
          } catch {
            await sleep(pause);
          }
        }
        await stream(primary, question, user, { maxRetries: 0 });
        // [end]
      },
      async after(question, user) {
        // [no_jitter after]
        for (const pause of [500, 1000]) {
          try {
            return await stream(primary, question, user, { maxRetries: 0 });
          } catch {
            await sleep(Math.random() * pause); // full jitter: any time up to the pause
          }
        }
        await stream(primary, question, user, { maxRetries: 0 });
        // [end]
      },
    }),
    retry_storm: orSecond({
      async before(question, user) {
        // [retry_storm before]
        for (let triesLeft = 2; ; triesLeft--) {
          try {
            return await stream(primary, question, user); // each is three: the SDK retries twice by itself
          } catch (failure) {
            if (!triesLeft) throw failure;
          }
        }
        // [end]
      },
      async after(question, user) {
        // [retry_storm after]
        await stream(primary, question, user, { maxRetries: 1 });
        // [end]
      },
    }),
    dead_primary_first: deadPrimaryFirst(),
    not_failed_back: notFailedBack(),
    slow_ignored: orSecond({
      async before(question, user) {
        // [slow_ignored before]
        await stream(primary, question, user, { maxRetries: 0, signal: AbortSignal.timeout(30_000) });
        // [end]
      },
      async after(question, user) {
        // [slow_ignored after]
        const slow = new AbortController();
        const first = setTimeout(() => user.begun || slow.abort(), 1000); // some ten times what is usual
        try {
          const signal = AbortSignal.any([AbortSignal.timeout(30_000), slow.signal]);
          await stream(primary, question, user, { maxRetries: 0, signal });
        } finally {
          clearTimeout(first);
        }
        if (slow.signal.aborted) throw new Error("no first word in a second"); // an aborted stream just ends
        // [end]
      },
    }),
    orphaned_work: {
      async before(question, user) {
        // [orphaned_work before]
        await stream(primary, question, user, { maxRetries: 0 });
        // [end]
      },
      async after(question, user) {
        // [orphaned_work after]
        // const left = new AbortController(); res.on("close", () => left.abort());
        await stream(primary, question, user, { maxRetries: 0, signal: user.left });
        // [end]
      },
    },
  };

  function deadPrimaryFirst() {
    // [dead_primary_first after]
    // It opens after five failures in a row, for two seconds; then one may try.
    const breaker = { failures: 0, openUntil: 0 };
    async function after(question, user) {
      const now = performance.now();
      if (breaker.failures < 5 || now >= breaker.openUntil) {
        if (breaker.failures >= 5) breaker.openUntil = now + 2000; // the others wait for this one
        try {
          await stream(once, question, user);
          breaker.failures = 0;
          return;
        } catch {
          if (++breaker.failures === 5) breaker.openUntil = performance.now() + 2000;
          user.takeBack();
        }
      }
      await stream(second, question, user);
    }
    // [end]
    async function before(question, user) {
      // [dead_primary_first before]
      try {
        await stream(once, question, user);
      } catch {
        user.takeBack();
        await stream(second, question, user);
      }
      // [end]
    }
    return { before, after };
  }

  function notFailedBack() {
    let failed = false;
    let next = 0;
    async function before(question, user) {
      // [not_failed_back before]
      if (!failed) {
        try {
          return await stream(once, question, user);
        } catch {
          failed = true;
          user.takeBack();
        }
      }
      await stream(second, question, user);
      // [end]
    }
    async function after(question, user) {
      // [not_failed_back after]
      // Every two seconds one request sees whether the primary is well.
      if (!failed || performance.now() > next) {
        next = performance.now() + 2000;
        try {
          await stream(once, question, user);
          failed = false;
          return;
        } catch {
          failed = true;
          user.takeBack();
        }
      }
      await stream(second, question, user);
      // [end]
    }
    return { before, after };
  }
}
