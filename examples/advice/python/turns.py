"""The pairs: two answers for each finding, with it and after the change that makes it
go. The lines that change are marked, and shown by `brownout explain finding.X --sdk
openai-python` and `… anthropic-python`. Both SDKs have the same options and errors:
sdk is the package openai or anthropic.
"""

import random
import threading
import time

import httpx


def pairs(vendor):
    """Gives (before, after) by finding, for one of the two SDKs."""
    sdk, stream = vendor.sdk, vendor.stream
    primary, secondary = vendor.client("PRIMARY"), vendor.client("SECONDARY")
    once = primary.with_options(max_retries=0)
    second = secondary.with_options(max_retries=0)

    def or_second(first):
        """Has the second provider answer when the first fails."""

        def answer(question, user):
            try:
                first(question, user)
            except Exception:
                user.take_back()
                stream(second, question, user)

        return answer

    def no_fallback_before(question, user):
        # [no_fallback before]
        stream(once, question, user)
        # [end]

    def no_fallback_after(question, user):
        # [no_fallback after]
        try:
            stream(once, question, user)
        except Exception:
            user.take_back()  # an event by which the user's page forgets what it shows
            stream(second, question, user)
        # [end]

    def hangs_before(question, user):
        # [hangs before]
        stream(primary.with_options(max_retries=0), question, user)
        # [end]

    def hangs_after(question, user):
        # [hangs after]
        # Two seconds for a connection and for each silence; the default is ten minutes.
        stream(primary.with_options(max_retries=0, timeout=httpx.Timeout(2)), question, user)
        # [end]

    def spliced_answer_before(question, user):
        # [spliced_answer before]
        try:
            stream(once, question, user)
        except Exception:
            stream(second, question, user)
        # [end]

    def spliced_answer_after(question, user):
        # [spliced_answer after]
        try:
            stream(once, question, user)
        except Exception:
            user.take_back()  # an event by which the user's page forgets what it shows
            stream(second, question, user)
        # [end]

    def fallback_midway_before(question, user):
        # [fallback_only_before_first_token before]
        try:
            stream(once, question, user)
        except Exception:
            if user.begun:
                raise
            stream(second, question, user)
        # [end]

    def fallback_midway_after(question, user):
        # [fallback_only_before_first_token after]
        try:
            stream(once, question, user)
        except Exception:
            user.take_back()  # an event by which the user's page forgets what it shows
            stream(second, question, user)
        # [end]

    def fallback_some_before(question, user):
        # [fallback_only_on_some before]
        try:
            stream(once, question, user)
        except sdk.RateLimitError:
            user.take_back()
            stream(second, question, user)
        # [end]

    def fallback_some_after(question, user):
        # [fallback_only_on_some after]
        try:
            stream(once, question, user)
        except (sdk.BadRequestError, sdk.UnprocessableEntityError):
            raise  # wrong anywhere
        except Exception:  # APIStatusError, APITimeoutError, APIConnectionError, and httpx's in a stream
            user.take_back()
            stream(second, question, user)
        # [end]

    def raw_error_before(question, user):
        # [raw_error before]
        try:
            no_fallback_after(question, user)
        except sdk.APIError as failure:
            user.fail(str(failure))
        # [end]

    def raw_error_after(question, user):
        # [raw_error after]
        try:
            no_fallback_after(question, user)
        except sdk.APIError:
            user.fail("No answer right now. Please try again in a minute.")
        # [end]

    def undeclared_template_before(question, user):
        # [undeclared_template before]
        try:
            no_fallback_after(question, user)
        except Exception:
            user.say("We are looking into it and will be back soon.")
        # [end]

    def undeclared_template_after(question, user):
        # [undeclared_template after]
        try:
            no_fallback_after(question, user)
        except Exception:
            user.take_back()
            user.prepared("We are looking into it and will be back soon.")  # {"delta": …, "degraded": true}
        # [end]

    def hopeless_before(question, user):
        # [hopeless_retries before]
        for tries_left in (2, 1, 0):
            try:
                return stream(primary, question, user)
            except sdk.APIError:
                if not tries_left:
                    raise
        # [end]

    def hopeless_after(question, user):
        # [hopeless_retries after]
        # The SDK's own two retries pass over 400, 401, 403, 404 and 422.
        stream(primary, question, user)
        # [end]

    def retry_after_before(question, user):
        # [retry_after_ignored before]
        for pause in (0.2, 0.4):
            try:
                return stream(primary.with_options(max_retries=0), question, user)
            except sdk.RateLimitError:
                time.sleep(random.uniform(0, pause))
        stream(primary.with_options(max_retries=0), question, user)
        # [end]

    def retry_after_after(question, user):
        # [retry_after_ignored after]
        # The SDK's retries wait as long as Retry-After says.
        stream(primary.with_options(max_retries=2), question, user)
        # [end]

    def backoff_before(question, user):
        # [no_backoff before]
        for tries_left in (2, 1, 0):
            try:
                return stream(primary.with_options(max_retries=0), question, user)
            except sdk.APIError:
                if not tries_left:
                    raise
        # [end]

    def backoff_after(question, user):
        # [no_backoff after]
        # The SDK's retries pause for 0.5 s, 1 s, …, less up to a quarter by chance.
        stream(primary.with_options(max_retries=2), question, user)
        # [end]

    def jitter_before(question, user):
        # [no_jitter before]
        for pause in (0.5, 1):
            try:
                return stream(primary.with_options(max_retries=0), question, user)
            except sdk.APIError:
                time.sleep(pause)
        stream(primary.with_options(max_retries=0), question, user)
        # [end]

    def jitter_after(question, user):
        # [no_jitter after]
        for pause in (0.5, 1):
            try:
                return stream(primary.with_options(max_retries=0), question, user)
            except sdk.APIError:
                time.sleep(random.uniform(0, pause))  # full jitter: any time up to the pause
        stream(primary.with_options(max_retries=0), question, user)
        # [end]

    def storm_before(question, user):
        # [retry_storm before]
        for tries_left in (2, 1, 0):  # of which each is three: the SDK retries twice by itself
            try:
                return stream(primary, question, user)
            except sdk.APIError:
                if not tries_left:
                    raise
        # [end]

    def storm_after(question, user):
        # [retry_storm after]
        stream(primary.with_options(max_retries=1), question, user)
        # [end]

    # [dead_primary_first after]
    class Breaker:
        """Opens after five failures in a row, for two seconds; then one may try."""

        def __init__(self):
            self.lock, self.failures, self.closed_at = threading.Lock(), 0, 0.0

        def lets_through(self):
            with self.lock:
                if self.failures < 5:
                    return True
                if time.monotonic() < self.closed_at:
                    return False
                self.closed_at = time.monotonic() + 2  # the others wait for this one
                return True

        def heard(self, well):
            with self.lock:
                self.failures = 0 if well else self.failures + 1
                if self.failures == 5:
                    self.closed_at = time.monotonic() + 2

    breaker = Breaker()

    def dead_primary_after(question, user):
        if breaker.lets_through():
            try:
                stream(once, question, user)
                return breaker.heard(well=True)
            except Exception:
                breaker.heard(well=False)
                user.take_back()
        stream(second, question, user)

    # [end]

    def dead_primary_before(question, user):
        # [dead_primary_first before]
        try:
            stream(once, question, user)
        except Exception:
            user.take_back()
            stream(second, question, user)
        # [end]

    gone, lock = {"failed": False, "next": 0.0}, threading.Lock()

    def failed_back_before(question, user):
        # [not_failed_back before]
        if not gone["failed"]:
            try:
                return stream(once, question, user)
            except Exception:
                gone["failed"] = True
                user.take_back()
        stream(second, question, user)
        # [end]

    def failed_back_after(question, user):
        # [not_failed_back after]
        with lock:  # every two seconds one request sees whether the primary is well
            may_try = not gone["failed"] or time.monotonic() > gone["next"]
            gone["next"] = time.monotonic() + 2 if may_try else gone["next"]
        if may_try:
            try:
                stream(once, question, user)
                gone["failed"] = False
                return
            except Exception:
                gone["failed"] = True
                user.take_back()
        stream(second, question, user)
        # [end]

    def slow_before(question, user):
        # [slow_ignored before]
        stream(primary.with_options(max_retries=0, timeout=30), question, user)
        # [end]

    def slow_after(question, user):
        # [slow_ignored after]
        # One second of silence, some ten times what is usual, is a failure.
        stream(primary.with_options(max_retries=0, timeout=httpx.Timeout(30, read=1)), question, user)
        # [end]

    return {
        "no_fallback": (no_fallback_before, no_fallback_after),
        "hangs": (or_second(hangs_before), or_second(hangs_after)),
        "truncated_answer": (
            or_second(lambda question, user: vendor.truncated_before(once, question, user)),
            or_second(lambda question, user: vendor.truncated_after(once, question, user)),
        ),
        "spliced_answer": (spliced_answer_before, spliced_answer_after),
        "fallback_only_before_first_token": (fallback_midway_before, fallback_midway_after),
        "fallback_only_on_some": (fallback_some_before, fallback_some_after),
        "raw_error": (raw_error_before, raw_error_after),
        "undeclared_template": (undeclared_template_before, undeclared_template_after),
        "hopeless_retries": (or_second(hopeless_before), or_second(hopeless_after)),
        "retry_after_ignored": (or_second(retry_after_before), or_second(retry_after_after)),
        "no_backoff": (or_second(backoff_before), or_second(backoff_after)),
        "no_jitter": (or_second(jitter_before), or_second(jitter_after)),
        "retry_storm": (or_second(storm_before), or_second(storm_after)),
        "dead_primary_first": (dead_primary_before, dead_primary_after),
        "not_failed_back": (failed_back_before, failed_back_after),
        "slow_ignored": (or_second(slow_before), or_second(slow_after)),
    }
