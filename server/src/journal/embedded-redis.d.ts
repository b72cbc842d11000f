export interface EmbeddedRedis {
    /** `unix://…` for REDIS_URL. */
    readonly url: string;
    /** Process id of the redis-server now. */
    pid(): number;
    /** Shuts redis-server down and waits for its end. */
    stop(): Promise<void>;
}
/** Starts or finds the redis-server of this DATA_DIR. Rejects with an Error of one clear sentence. */
export declare function startEmbeddedRedis({ dataDir, log, }: {
    dataDir: string;
    log: {
        warn(o: object, m: string): void;
    };
}): Promise<EmbeddedRedis>;
/**
 * Redis is one program under several names. Debian's redis-tools brings it as redis-check-rdb only (its package redis-server adds the name and
 * starts a service of its own, which nobody here wants); called by the name redis-server it is just that.
 */
export declare function redisProgram(): string;
